"""What can be counted of the source, for the code and for its tests.

``python -m ops.figures [FOLDER]`` prints a table. Migrations, which are generated, and
empty files are left out.
"""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

SKIPPED = {"migrations", "var"}
Function = ast.FunctionDef | ast.AsyncFunctionDef
ROW = "{:<32}  {:>16}  {:>16}\n"


@dataclass
class Figures:
    """Of some files: lines of each, and of each function from its ``def`` on.

    hinted are functions with a type for each parameter and for what they return;
    public are functions and classes at the top of a module that don't begin with an
    underscore, documented those of them with a docstring; tests are functions.
    """

    files: list[int] = field(default_factory=list)
    functions: list[int] = field(default_factory=list)
    hinted: int = 0
    public: int = 0
    documented: int = 0
    tests: int = 0

    def add(self, source: str) -> None:
        """Count one more file. Raises SyntaxError."""
        tree = ast.parse(source)
        self.files.append(len(source.splitlines()))
        for node in ast.walk(tree):
            if isinstance(node, Function):
                self.functions.append((node.end_lineno or 0) - node.lineno + 1)
                self.hinted += is_hinted(node)
                self.tests += node.name.startswith("test_")
        for node in tree.body:
            if isinstance(node, Function | ast.ClassDef) and is_public(node):
                self.public += 1
                self.documented += ast.get_docstring(node) is not None

    def rows(self) -> dict[str, str]:
        """What there is to show, by what it is."""
        return {
            "files": f"{len(self.files):,}",
            "lines": f"{sum(self.files):,}",
            "lines per file": spread(self.files),
            "functions": f"{len(self.functions):,}",
            "lines per function": spread(self.functions),
            "functions with all type hints": share(self.hinted, len(self.functions)),
            "public names with a docstring": share(self.documented, self.public),
            "tests": f"{self.tests:,}",
        }


def is_hinted(function: Function) -> bool:
    """Whether a function's types are all told; who is called by its object has none."""
    known = function.args
    named = [*known.posonlyargs, *known.args, *known.kwonlyargs]
    rest = [one for one in (known.vararg, known.kwarg) if one]
    untyped = [one.arg for one in (*named, *rest) if one.annotation is None]
    returns = function.returns is not None or function.name == "__init__"
    return returns and not set(untyped) - {"self", "cls"}


def is_public(node: Function | ast.ClassDef) -> bool:
    return not node.name.startswith("_")


def spread(numbers: list[int]) -> str:
    """Median, the one that 9 of 10 are not above, and the largest."""
    if not numbers:
        return "-"
    nine_of_ten = sorted(numbers)[(len(numbers) * 9 - 1) // 10]
    return f"{median(numbers):g} / {nine_of_ten} / {max(numbers)}"


def share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "-"


def sources(folder: Path) -> Iterator[Path]:
    """All Python files in a folder but those in hidden and generated ones."""
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name in SKIPPED or path.is_symlink():
            continue
        if path.is_dir():
            yield from sources(path)
        elif path.suffix == ".py":
            yield path


def count(folder: Path) -> tuple[Figures, Figures]:
    """The figures of a folder's code, and of its tests."""
    code, tests = Figures(), Figures()
    for path in sources(folder):
        if source := path.read_text("utf-8"):
            parts = path.relative_to(folder).parts
            is_test = "tests" in parts or path.name == "conftest.py"
            (tests if is_test else code).add(source)
    return code, tests


def table(code: Figures, tests: Figures) -> str:
    own, others = code.rows(), tests.rows()
    lines = [ROW.format("median / 90 % / largest", "code", "tests")]
    lines += [ROW.format(name, own[name], others[name]) for name in own]
    return "".join(lines)


if __name__ == "__main__":
    sys.stdout.write(table(*count(Path(sys.argv[1] if sys.argv[1:] else "."))))
