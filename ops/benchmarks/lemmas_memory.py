"""What lemmas cost processes that make them, beside what these have anyway.

``python -m ops.benchmarks.lemmas_memory`` is such a process: it says a line when it is
ready, makes lemmas of all demo newspapers for a line, and ends with its input.
"""

import os
import re
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Memory:
    """Of processes, in MiB; pss has their shares of what others have too."""

    private: float
    pss: float


def measure(processes):
    """Memory of that many processes together, before and after they make lemmas."""
    with ExitStack() as stack:
        started = [stack.enter_context(start()) for _ in range(processes)]
        before = together(started)
        for process in started:
            process.stdin.write("go\n")
            process.stdin.flush()
        after = together(started)
        for process in started:
            process.stdin.close()
    return before, after


def start():
    command = [sys.executable, "-m", "ops.benchmarks.lemmas_memory"]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True)


def together(processes):
    """The sum, once each has said that it is ready."""
    for process in processes:
        if not process.stdout.readline():
            raise RuntimeError("a process that makes lemmas has ended")
    sizes = [rollup(process.pid) for process in processes]
    return Memory(sum(s.private for s in sizes), sum(s.pss for s in sizes))


def rollup(pid):
    text = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
    sizes = {name: int(kb) / 1024 for name, kb in re.findall(r"(\w+): +(\d+) kB", text)}
    return Memory(sizes["Private_Clean"] + sizes["Private_Dirty"], sizes["Pss"])


def make_lemmas(demo_site, lemmatizer):
    """Of all words of all demo newspapers; return how many are other than the words."""
    return sum(
        lemmatizer.lemma(word, language) != word
        for language, paper in demo_site.papers().items()
        for article in paper["articles"]
        for _, text in article["blocks"]
        for word in re.findall(r"\w+", text)
    )


def main():
    django.setup()
    from articles import demo_site  # noqa: PLC0415 - needs Django set up
    from tokenization import services  # noqa: PLC0415

    papers = demo_site.papers()
    sys.stdout.write(f"{len(papers)} ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    found = make_lemmas(demo_site, services.lemmatizer())
    sys.stdout.write(f"{found} lemmas\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zeeguu.settings")
    main()
