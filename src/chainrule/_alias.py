"""PyTorch's module names answered by chainrule's modules: `import torch.nn` gives `chainrule.nn`.

Apart from the package, because it changes how a whole process imports: only a program run by
`python -m chainrule` asks for that.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.util
import opcode
import os
import sys
from importlib.machinery import ModuleSpec
from types import FrameType, ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["install", "is_import_system", "missing"]

_PACKAGE = __name__.partition(".")[0]
_FOLDER = os.path.dirname(__file__) + os.sep
_IMPORT_FROM = opcode.opmap["IMPORT_FROM"]


def install() -> None:
    """Makes `import torch` and `import torch.x` give chainrule's modules from now on.

    An installed PyTorch is passed over: the finder stands before all others.
    """
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
    sys.modules["torch"] = importlib.import_module(_PACKAGE)
    _answer_for_loaded()


def missing(name: str, filename: str, line: int) -> str:
    """The sentence that says what chainrule lacks and which line of the program wanted it."""
    return f"chainrule has no {name} (asked for at {filename}, line {line})"


def is_import_system(filename: str) -> bool:
    """Whether a frame's file is Python's import system."""
    machinery = (importlib.__file__, importlib.util.__file__)
    return filename in machinery or filename.startswith("<frozen importlib")


class _Finder(importlib.abc.MetaPathFinder):
    """Finds `torch.x` where `chainrule.x` is."""

    def find_spec(
        self, fullname: str, path: object = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        root, _, rest = fullname.partition(".")
        if root != "torch":
            return None
        ours = f"{_PACKAGE}.{rest}" if rest else _PACKAGE
        found = importlib.util.find_spec(ours)
        if found is None:
            sentence = _missing(fullname, _asking_frame())
            raise ModuleNotFoundError(f"No module named {fullname!r}: {sentence}", name=fullname)
        is_package = found.submodule_search_locations is not None
        return ModuleSpec(fullname, _Loader(ours), origin=found.origin, is_package=is_package)


class _Loader(importlib.abc.Loader):
    """Loads a module of chainrule under PyTorch's name: the same object, not a second one."""

    def __init__(self, ours: str) -> None:
        self.ours = ours
        self.spec: ModuleSpec | None = None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = importlib.import_module(self.ours)
        self.spec = module.__spec__
        _answer_for_loaded()
        return module

    def exec_module(self, module: ModuleType) -> None:
        # The import system has put the spec made for `torch.x` in the module: it keeps its own.
        module.__spec__ = self.spec


def _answer_for_loaded() -> None:
    """Lets every public module that is loaded say what it lacks by PyTorch's name for it."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == _PACKAGE and "._" not in name:
            _answer_for(module, "torch" + name.removeprefix(_PACKAGE))


def _answer_for(module: ModuleType, torch_name: str) -> None:
    own: Callable[[str], object] | None = module.__dict__.get("__getattr__")
    if getattr(own, "answers_for_torch", False):
        return

    def __getattr__(name: str) -> object:
        if own is None:
            raise _absent(module, torch_name, name)
        try:
            found = own(name)
        except AttributeError as error:
            if error.name not in (None, name):
                raise  # from inside a module that was being imported
            raise _absent(module, torch_name, name) from None
        if isinstance(found, ModuleType):
            _answer_for_loaded()  # it may have been loaded just now, and others with it
        return found

    __getattr__.answers_for_torch = True  # type: ignore[attr-defined]
    module.__dict__["__getattr__"] = __getattr__


def _absent(module: ModuleType, torch_name: str, name: str) -> AttributeError | ImportError:
    """The error of `torch_name.name` or, where that was the statement, `from torch_name import`."""
    asked_by_import_system = is_import_system(sys._getframe(2).f_code.co_filename)
    frame = _asking_frame()
    if frame is not None and frame.f_code.co_filename.startswith(_FOLDER):
        phrase = f"module {module.__name__!r} has no attribute {name!r}"
        return AttributeError(phrase, name=name, obj=module)  # chainrule itself asked
    sentence = _missing(f"{torch_name}.{name}", frame)
    # At `from ... import name` Python turns an AttributeError into an ImportError of its own words,
    # which name chainrule's file and not the line; an ImportError it passes on. Before that, its
    # import system asks whether the name is there, and must hear an AttributeError.
    if not asked_by_import_system and frame is not None and _is_importing_from(frame):
        phrase = f"cannot import name {name!r} from {torch_name!r}"
        return ImportError(f"{phrase}: {sentence}", name=torch_name, path=module.__file__)
    phrase = f"module {torch_name!r} has no attribute {name!r}"
    return AttributeError(f"{phrase}: {sentence}", name=name, obj=module)


def _missing(name: str, frame: FrameType | None) -> str:
    if frame is None:
        return f"chainrule has no {name}"
    return missing(name, frame.f_code.co_filename, frame.f_lineno)


def _asking_frame() -> FrameType | None:
    """The nearest frame that is neither here nor in the import system."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        filename = frame.f_code.co_filename
        if filename != __file__ and not is_import_system(filename):
            return frame
        frame = frame.f_back
    return None


def _is_importing_from(frame: FrameType) -> bool:
    """Whether the frame stands at a name of a `from ... import name`."""
    return frame.f_code.co_code[frame.f_lasti] == _IMPORT_FROM
