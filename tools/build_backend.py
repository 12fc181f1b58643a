"""meson-python as the build backend, except for editable installs.

Apart, because meson-python's editable installs build again at every import, with tools that are
gone once pip has removed the isolated environment of the build. Ours puts the compiled core beside
its sources, as tools/build_inplace.sh does, and points Python at `src`: nothing runs at import.
"""

import base64
import hashlib
import os
import tempfile
import zipfile
from pathlib import Path

from mesonpy import (
    build_sdist,
    build_wheel,
    get_requires_for_build_sdist,
    get_requires_for_build_wheel,
)
from mesonpy import get_requires_for_build_wheel as get_requires_for_build_editable

__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
]

SOURCES = Path(__file__).resolve().parent.parent / "src"


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    """Build a wheel that holds a path to the sources, and the core in place."""
    with tempfile.TemporaryDirectory() as folder:
        name = build_wheel(folder, config_settings, metadata_directory)
        with zipfile.ZipFile(Path(folder, name)) as built:
            place_extensions(built)
            write_editable(Path(wheel_directory, name), built)
    return name


def place_extensions(built):
    """Put the compiled modules of a wheel beside their sources, each in one step."""
    for entry in built.namelist():
        if entry.endswith((".so", ".pyd")):
            target = SOURCES / entry
            fresh = target.with_name(target.name + ".new")
            fresh.write_bytes(built.read(entry))
            os.replace(fresh, target)


def write_editable(path, built):
    """Write the wheel that is installed: metadata, and a .pth file that names the sources."""
    contents = {"chainrule.pth": f"{SOURCES}\n".encode()}
    for entry in built.namelist():
        folder, _, file = entry.partition("/")
        if folder.endswith(".dist-info") and file == "RECORD":
            record = entry
        elif folder.endswith(".dist-info"):
            contents[entry] = built.read(entry)

    lines = [f"{entry},sha256={digest(data)},{len(data)}\n" for entry, data in contents.items()]
    contents[record] = "".join([*lines, f"{record},,\n"]).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        for entry, data in contents.items():
            wheel.writestr(entry, data)


def digest(data):
    """The hash of an entry as a wheel's RECORD spells it."""
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
