"""What a command prints: in a process of its own, as whoever types it sees it.

Apart, because programs, examples and the command line are all judged by their text.
"""

import os
import re
import subprocess
import sys

ADDRESS = re.compile(r"\b0x[0-9a-fA-F]+")


def run(*arguments, folder=None, text=""):
    """Exit status, standard output and standard error of `python ARGUMENTS`."""
    done = subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=folder,
        input=text,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": python_path()},
    )
    return done.returncode, done.stdout, done.stderr


def python_path():
    """PYTHONPATH as it is here, for a process that runs in another folder."""
    paths = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    return os.pathsep.join(os.path.abspath(path) for path in paths if path)


def printed(*arguments, folder=None):
    """The text on standard output without addresses and, if the program failed, its last words."""
    status, output, errors = run("-X", "utf8", *arguments, folder=folder)
    last_words = errors.splitlines(keepends=True)[-1:] if status else []
    return ADDRESS.sub("0x...", output + "".join(last_words))
