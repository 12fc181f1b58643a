"""What a program does, as text: what it prints, or how it is refused, and what it warns of.

Apart from the programs, because it is taken from both libraries: PyTorch's is kept in
recorded.json, so that the tests know it where PyTorch is not installed.
`python -m tests.nn.outcome` (with PyTorch) writes that file anew.
"""

from __future__ import annotations

import json
import re
import warnings
from pathlib import Path

RECORD = Path(__file__).with_name("recorded.json")


def outcome(program, library):
    """The text a program gives, or its exception, and its warnings, on a library."""
    library.manual_seed(0)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            found = {"text": plain(repr(program(library)))}
        except Exception as error:
            found = {"error": type(error).__name__, "message": plain(str(error))}
    found["warned"] = [[warning.category.__name__, str(warning.message)[:40]] for warning in caught]
    return found


def plain(text):
    """Text without the name of the library, and without addresses."""
    text = text.replace("chainrule", "torch")
    return re.sub(r" (object )?at 0x[0-9a-f]+", "", text)


def assert_same(found, expected):
    """The same text; or the same exception, whose message begins with PyTorch's key phrase."""
    assert found.get("error") == expected.get("error"), (found, expected)
    assert found.get("text") == expected.get("text")
    if "error" in expected:
        # What was found and expected comes after the phrase in our messages.
        assert expected["message"].split(". ")[0][:45].rstrip(".") in found["message"]
    assert found["warned"] == expected["warned"]


def all_programs():
    """Every program there is, by the file it stands in."""
    from tests.nn.programs import PROGRAMS as modules
    from tests.nn.refusals import REFUSALS as functions
    from tests.optim.programs import PROGRAMS as optimizers

    return {"modules": modules, "functions": functions, "optimizers": optimizers}


def recorded():
    """What PyTorch did."""
    return json.loads(RECORD.read_text())


def record():
    """Run every program on PyTorch, and keep what it does."""
    import torch

    found = {
        group: {name: outcome(program, torch) for name, program in programs.items()}
        for group, programs in all_programs().items()
    }
    RECORD.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    record()
