"""What a crawl can't do without: bare trafilatura and Stanza on a folder of pages.

``python -m ops.benchmarks.bare_crawl FOLDER``; pages.json there names the pages.
"""

import json
import sys
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from stanza.models.common.doc import Document
from trafilatura import bare_extraction

from ops.benchmarks.f1_bench import plain_pipeline


def main(folder):
    pages = json.loads((folder / "pages.json").read_text("utf-8"))
    language = itemgetter("language")
    for code, of_language in groupby(sorted(pages, key=language), language):
        texts = []
        for page in of_language:
            found = bare_extraction((folder / page["path"]).read_bytes())
            if found and found.text:
                texts.append(f"{page['title']}\n\n{found.text}")
        plain_pipeline(code).bulk_process([Document([], text=t) for t in texts])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
