"""Check that imports inside the package go one way, and say where one does not.

Apart from the tests, so that `make check` can run it on a tree that is not built. The sources are
read and nothing is imported. An import inside a function counts like any other; one under
`if TYPE_CHECKING:` does not run and does not count.
"""

import ast
import re
import sys
from pathlib import Path

PACKAGE = "chainrule"
SOURCES = Path(__file__).resolve().parent.parent / "src"

# From the ground up. A part may import from its own layer and from those below it.
LAYERS = [
    ["_core"],
    ["ops"],
    ["transforms"],
    ["functions"],
    ["autograd", "func", "nn", "optim", "linalg", "fft", "random", "sparse", "special", "utils"],
    ["serialization", "_encoding"],
    ["explain"],
    # What programs ask of the machine they run on.
    ["accelerator", "compiler", "cuda", "mps", "profiler", "settings", "xpu"],
    ["__init__", "__main__", "_alias", "_script"],
]
RANK = {part: rank for rank, layer in enumerate(LAYERS) for part in layer}

# Parts beside the layers, which any may import, and what each may import itself.
BESIDE = {
    "backends": ["_core"],
    "version": [],
}

# No part of the package may import these; they may import all of it.
OUTSIDE = ["testing"]

# (importing module, imported module): why this one import is right all the same.
ALLOWED: dict[tuple[str, str], str] = {}

CIMPORT = re.compile(rf"^\s*(?:from|cimport|import)\s+({PACKAGE}[\w.]*)", re.MULTILINE)


def part_of(module):
    """The part of the package that a module belongs to: `ops` for `chainrule.ops.kinds`."""
    return module.split(".")[1] if "." in module else "__init__"


def may_import(importer, imported):
    """Whether one part may import from another."""
    if importer == imported or importer in OUTSIDE:
        return True
    if imported in OUTSIDE:
        return False
    if importer in BESIDE:
        return imported in BESIDE[importer]
    return imported in BESIDE or RANK[imported] <= RANK[importer]


def module_name(path):
    """The dotted name of the module in a file; a package's own is `chainrule.ops.__init__`."""
    return ".".join(path.relative_to(SOURCES).with_suffix("").parts)


def type_checking_only(node):
    """Whether a statement is `if TYPE_CHECKING:`."""
    test = getattr(node, "test", None)
    name = getattr(test, "id", getattr(test, "attr", None))
    return isinstance(node, ast.If) and name == "TYPE_CHECKING"


def running_nodes(tree):
    """Every node of a module, but for those that only a type checker looks at."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += node.orelse if type_checking_only(node) else ast.iter_child_nodes(node)


def imported_modules(node, module, modules):
    """The modules that an import statement asks for; no modules for any other node."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    package = module.split(".")[: -node.level] if node.level else []
    source = ".".join([*package, node.module] if node.module else package)
    names = [f"{source}.{alias.name}" for alias in node.names]
    # `from chainrule import ops` imports the module `chainrule.ops`, if there is one.
    return [name if {name, f"{name}.__init__"} & modules else source for name in names]


def imports(path, modules):
    """(line, module) for every import in a file."""
    text = path.read_text()
    if path.suffix == ".py":
        for node in running_nodes(ast.parse(text)):
            for imported in imported_modules(node, module_name(path), modules):
                yield node.lineno, imported
    else:
        for found in CIMPORT.finditer(text):
            yield text.count("\n", 0, found.start(1)) + 1, found[1]


def wrong_imports(paths, used):
    """A line of text for each import that goes the wrong way; the ALLOWED ones go to `used`."""
    modules = {module_name(path) for path in paths}
    for path in paths:
        importer = module_name(path)
        for line, imported in imports(path, modules):
            if imported.split(".")[0] != PACKAGE:
                continue
            if (importer, imported) in ALLOWED:
                used.add((importer, imported))
            elif not may_import(part_of(importer), part_of(imported)):
                yield f"{path.relative_to(SOURCES.parent)}:{line}: imports {imported}"


def problems():
    """All that is wrong with the imports of the package, a line of text each."""
    files = sorted((SOURCES / PACKAGE).rglob("*"))
    paths = [path for path in files if path.suffix in {".py", ".pyx", ".pxd"}]
    parts = {part_of(module_name(path)) for path in paths}
    unknown = sorted(parts - {*RANK, *BESIDE, *OUTSIDE})
    if unknown:
        return [f"{PACKAGE}.{part}: in no layer of tools/check_layers.py" for part in unknown]
    used: set[tuple[str, str]] = set()
    wrong = list(wrong_imports(paths, used))
    return wrong + [f"{pair}: allowed, but not there" for pair in sorted(ALLOWED.keys() - used)]


if __name__ == "__main__":
    found = problems()
    for line in found:
        print(line)
    sys.exit(bool(found))
