"""Running a program on a library and noting what it prints and how it ends."""

from __future__ import annotations

import builtins
import contextlib
import io
import re
import warnings


def outcome(torch, source: str) -> tuple[str, str, str]:
    """(what it printed, the type of error it ended with, the error's key phrase)."""
    printed = io.StringIO()
    names = {"torch": torch, "__name__": "program", "__builtins__": builtins_with(torch)}
    with contextlib.redirect_stdout(printed), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            exec(compile(source, "<program>", "exec"), names)
        except Exception as error:
            return printed.getvalue(), type(error).__name__, key_phrase(str(error))
        finally:
            torch.set_grad_enabled(True)
    return printed.getvalue(), "", ""


def key_phrase(message: str) -> str:
    """The first clause of a message: what users search for; ours may say more after it."""
    return re.split(r"[.;:(\n]|, which is| is at version", message)[0].strip()


def builtins_with(torch) -> dict:
    """Python's builtins, with an `import torch...` that means this library."""

    def load(name, *rest):
        if name == "torch" or name.startswith("torch."):
            name = torch.__name__ + name.removeprefix("torch")
        return __import__(name, *rest)

    return {**vars(builtins), "__import__": load}
