"""Check that a wheel holds the package, all of it and nothing else.

    python tools/check_wheel.py WHEEL SOURCES

Apart, because a file missing from a wheel shows nowhere else: other tests run beside the sources.
"""

import sys
import zipfile
from pathlib import Path

LARGEST = 15 * 2**20
INSTALLED_AS_THEY_ARE = {".css", ".html", ".js", ".py", ".pyi", ".typed"}


def expected_files(sources):
    """What a wheel must hold, extensions by the name of their source."""
    for path in (sources / "chainrule").rglob("*"):
        if path.suffix in INSTALLED_AS_THEY_ARE | {".pyx"}:
            yield path.relative_to(sources).as_posix()


def held_files(wheel):
    """What a wheel holds beside its metadata, extensions by the name of their source."""
    for entry in wheel.namelist():
        if entry.endswith((".so", ".pyd")):
            yield f"{entry.split('.')[0]}.pyx"
        elif ".dist-info/" not in entry:
            yield entry


def problems(wheel, sources):
    """What is wrong with a wheel, a line of text each."""
    expected, held = set(expected_files(sources)), set(held_files(wheel))
    size = sum(entry.file_size for entry in wheel.infolist())
    yield from (f"missing: {name}" for name in sorted(expected - held))
    yield from (f"does not belong there: {name}" for name in sorted(held - expected))
    if size > LARGEST:
        yield f"{size} bytes installed; at most {LARGEST}"
    if not any(name.endswith("licenses/LICENSE") for name in wheel.namelist()):
        yield "missing: the licence"


if __name__ == "__main__":
    with zipfile.ZipFile(sys.argv[1]) as wheel:
        found = list(problems(wheel, Path(sys.argv[2])))
    for line in found:
        print(f"{Path(sys.argv[1]).name}: {line}")
    sys.exit(bool(found))
