#!/usr/bin/env python3
"""Includes, Python imports and the MODULES of CMakeLists agree with the layer table of ARCHITECTURE.md.

A row is a folder: `plan` is src/plan, `builder/hub` is builder/hub, `workers/*` is every folder of workers/ that has
no row of its own. A file belongs to the row with the longest name that fits. Every row may include `base`."""
import ast
import pathlib
import re
import sys

ROW = re.compile(r"^\| `([\w/*]+)` \| [^|]+ \|([^|]*)\|$")
INCLUDE = re.compile(r'^#include "([\w/.]+)"', re.MULTILINE)
MODULE = re.compile(r"^(?:inferometer|builder)_module\((\w+)(.*?)\)", re.MULTILINE | re.DOTALL)
ROOTS = ("src", "builder", "workers", "toolchains", "python")
INCLUDE_FOLDERS = ("", "src", "workers")  # where the build looks for what is in quotes
EVERYWHERE = "base"
FOR_TESTS = "workers/testing"


def layer_table(text):
    rows = {}
    for line in text.splitlines():
        if match := ROW.match(line):
            rows[match[1]] = set(re.findall(r"[\w/*]+", match[2]))
    return {name: set(rows) - {name} if allowed == {"all"} else allowed | {EVERYWHERE} for name, allowed in rows.items()}


def cycle(rows):
    done = set()
    while ready := {name for name in rows if name not in done and (rows[name] & set(rows)) - {name} <= done}:
        done |= ready
    return sorted(set(rows) - done)


def is_for_tests(name):
    return re.search(r"_(test|fixture|suite)\.\w+$", name) is not None


class Tree:
    def __init__(self, root, rows):
        self.root, self.rows = root, rows
        self.files = sorted(path.relative_to(root).as_posix() for top in ROOTS for path in (root / top).rglob("*")
                            if path.suffix in (".h", ".cpp", ".py") or path.name == "CMakeLists.txt")
        self.python = {}
        for name in self.files:
            if name.endswith(".py"):
                self.python.setdefault(pathlib.PurePath(name).stem, []).append(name)

    def row_of(self, name):
        """The row that a file belongs to, and the folder that it is, or (None, None)."""
        parts = pathlib.PurePath(name).parent.parts
        parts = parts[1:] if parts[:1] == ("src",) else parts
        for length in range(len(parts), 0, -1):
            folder = "/".join(parts[:length])
            pattern = "/".join((*parts[:length - 1], "*"))
            if folder in self.rows or (length > 1 and pattern in self.rows):
                return (folder if folder in self.rows else pattern), folder
        return None, None

    def included(self, name):
        """(line, the file that is meant) of each include or import of a file of ours."""
        text = (self.root / name).read_text()
        if name.endswith(".py"):
            yield from self.imported(name, ast.parse(text))
            return
        for match in INCLUDE.finditer(text):
            for folder in INCLUDE_FOLDERS:
                place = (pathlib.PurePath(folder) / match[1]).as_posix()
                if (self.root / place).exists():
                    yield text.count("\n", 0, match.start()) + 1, place
                    break

    def imported(self, name, tree):
        for node in ast.walk(tree):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else \
                [node.module] if isinstance(node, ast.ImportFrom) and node.module and not node.level else []
            for module in modules:
                homes = self.python.get(module.rsplit(".", 1)[-1], []) if module.split(".")[0] not in sys.stdlib_module_names else []
                beside = [home for home in homes if self.row_of(home) == self.row_of(name)]
                if homes and not beside:
                    yield node.lineno, homes[0]

    def problems(self):
        folders = {path.name for path in (self.root / "src").iterdir() if path.is_dir()}
        for name in sorted(folders ^ {row.split("/")[0] for row in self.rows if row.split("/")[0] not in ROOTS}):
            yield f"src/{name}: is in only one of src/ and the layer table"
        if knot := cycle(self.rows):
            yield f"the layer table has a cycle among: {', '.join(knot)}"
        for name in self.files:
            row, folder = self.row_of(name)
            if name.endswith("CMakeLists.txt"):
                yield from self.link_problems(name, row)
            elif row is None:
                yield f"{name}: its folder has no row in the layer table"
            else:
                yield from self.include_problems(name, row, folder)

    def include_problems(self, name, row, folder):
        for line, place in self.included(name):
            other, other_folder = self.row_of(place)
            if other is None or other_folder == folder:
                continue
            if other not in self.rows[row] or other == row:
                yield f"{name}:{line}: {folder} may not include {other_folder} (allowed: {', '.join(sorted(self.rows[row]))})"
            elif other == FOR_TESTS and not is_for_tests(name):
                yield f"{name}:{line}: {FOR_TESTS} is for tests alone"

    def modules(self):
        """Name of each CMake module to the row of its folder."""
        return {match[1] if not name.startswith("builder/") else f"builder_{match[1]}": self.row_of(name)[0]
                for name in self.files if name.endswith("CMakeLists.txt")
                for match in MODULE.finditer((self.root / name).read_text())}

    def link_problems(self, name, row):
        known = self.modules()
        for match in MODULE.finditer((self.root / name).read_text()):
            listed = re.search(r"\bMODULES\s+((?:[a-z]\w*\s*)+)", match[2])
            linked = {known[module] for module in (listed[1].split() if listed else []) if module in known}
            for other in sorted(linked - self.rows.get(row, set()) - {None}):
                yield f"{name}: {row} may not link {other}"
            needed = {self.row_of(place)[0] for file in self.files
                      if self.row_of(file)[0] == row and pathlib.PurePath(file).parent == pathlib.PurePath(name).parent
                      and file.endswith((".h", ".cpp")) and not is_for_tests(file) for _, place in self.included(file)}
            for other in sorted(needed & set(known.values()) - linked - {row, EVERYWHERE, None}):
                yield f"{name}: includes {other}, and MODULES does not list it"


def main():
    root = pathlib.Path(__file__).resolve().parents[2]
    rows = layer_table((root / "ARCHITECTURE.md").read_text())
    if not rows:
        sys.exit("ARCHITECTURE.md: no layer table found")
    found = list(Tree(root, rows).problems())
    print("\n".join(found), file=sys.stderr, end="\n" if found else "")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
