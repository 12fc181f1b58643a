"""Runs a program that says `import torch` on chainrule, as `python PROGRAM` would run it.

Apart from `__main__`, so that the frames to be hidden in the program's tracebacks lie in one file.
"""

from __future__ import annotations

import importlib.util
import io
import os
import pkgutil
import sys
from importlib.machinery import ModuleSpec, SourceFileLoader
from types import CodeType, ModuleType, TracebackType
from typing import TYPE_CHECKING, NoReturn

from chainrule import _alias
from chainrule.version import __version__, release

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["main"]

USAGE = """\
usage: python -m chainrule SCRIPT [ARGUMENTS]      run a program that says `import torch`
       python -m chainrule -m MODULE [ARGUMENTS]   run a module, such as pytest
       python -m chainrule -c CODE [ARGUMENTS]     run the text of a program
       python -m chainrule - [ARGUMENTS]           run a program read from standard input
       python -m chainrule --explain ...           any of these, and a report of what would help
       python -m chainrule --version

`torch` and its submodules are answered by chainrule, also where PyTorch is installed."""


def main(arguments: list[str]) -> None:
    """Runs what the command line names; returns when it has run to its end."""
    if not arguments or arguments[0] in ("-h", "--help"):
        print(USAGE)
        return
    if arguments[0] == "--explain":
        _explained(arguments[1:])
        return
    what, *rest = arguments
    if what in ("-V", "--version"):
        print(f"chainrule {release} (PyTorch {__version__})")
    elif what == "-":
        _run(_from_input, what, arguments)
    elif what in ("-c", "-m"):
        if not rest:
            _stop(f"argument expected for the {what} option\n{USAGE}", status=2)
        _run(_from_text if what == "-c" else _from_module, rest[0], [what, *rest[1:]])
    elif what.startswith("-"):
        _stop(f"unknown option {what}\n{USAGE}", status=2)
    else:
        _run(_from_path, what, arguments)


def _explained(arguments: list[str]) -> None:
    """Runs what the command line names, and reports at its end; see explain._watch."""
    if not arguments or (arguments[0].startswith("-") and arguments[0] not in ("-", "-c", "-m")):
        _stop(f"a program expected after --explain\n{USAGE}", status=2)
    from chainrule.explain import _watch

    watch = _watch.start()
    try:
        main(arguments)
    except BaseException as error:
        watch.failed(error)
        raise


def _run(load: Callable[[ModuleType, str], CodeType], what: str, argv: list[str]) -> None:
    """Loads a program and runs it as `__main__`; its tracebacks start at its own first line."""
    _alias.install()
    sys.argv = argv
    module = ModuleType("__main__")
    try:
        code = load(module, what)
        sys.modules["__main__"] = module
        exec(code, module.__dict__)
    except BaseException as error:
        _hide_runner(error)
        raise


# ---- where a program comes from --------------------------------------------------------------


def _from_text(module: ModuleType, text: str) -> CodeType:
    """The program given after `-c`."""
    _set_first_path("")
    return compile(text, "<string>", "exec", dont_inherit=True)


def _from_input(module: ModuleType, _: str) -> CodeType:
    """The program on standard input."""
    _set_first_path("")
    return compile(sys.stdin.buffer.read(), "<stdin>", "exec", dont_inherit=True)


def _from_path(module: ModuleType, path: str) -> CodeType:
    """The program in a file, or the `__main__` of a folder or a zip file."""
    importer = pkgutil.get_importer(path)
    if importer is not None:
        _set_first_path(os.path.abspath(path))
        spec = importer.find_spec("__main__")
        if spec is None:
            _stop(f"can't find '__main__' module in {path!r}", status=1)
        return _from_spec(module, spec)
    _set_first_path(os.path.dirname(os.path.realpath(path)))
    module.__file__ = os.path.abspath(path)
    module.__dict__["__cached__"] = None
    module.__loader__ = SourceFileLoader("__main__", module.__file__)
    return compile(_read(module.__file__), module.__file__, "exec", dont_inherit=True)


def _from_module(module: ModuleType, name: str) -> CodeType:
    """The module of that name, or the `__main__` of the package."""
    _set_first_path(os.getcwd())
    spec = _find(name)
    if spec is not None and spec.submodule_search_locations is not None:
        spec = _find(name + ".__main__")
    if spec is None:
        _stop(f"No module named {name}", status=1)
    sys.argv[0] = spec.origin or name
    return _from_spec(module, spec)


def _find(name: str) -> ModuleSpec | None:
    try:
        return importlib.util.find_spec(name)
    except ModuleNotFoundError as error:
        if error.name is not None and name.startswith(error.name):
            return None
        raise


def _from_spec(module: ModuleType, spec: ModuleSpec) -> CodeType:
    """The program of a module that Python's import system found."""
    get_code = getattr(spec.loader, "get_code", None)
    code = get_code(spec.name) if get_code is not None else None
    if code is None:
        _stop(f"No code object available for {spec.name}", status=1)
    module.__spec__ = spec
    module.__loader__ = spec.loader
    module.__package__ = spec.parent
    module.__file__ = spec.origin
    module.__dict__["__cached__"] = spec.cached
    return code


def _read(path: str) -> bytes:
    try:
        with io.open_code(path) as file:
            return file.read()
    except OSError as error:
        _stop(f"can't open file {path!r}: [Errno {error.errno}] {error.strerror}", status=2)


def _set_first_path(folder: str) -> None:
    """Puts the program's folder where `python -m chainrule` had put the current one."""
    if not sys.flags.safe_path:
        sys.path[0] = folder


def _stop(reason: str, status: int) -> NoReturn:
    print(f"{sys.executable} -m chainrule: {reason}", file=sys.stderr)
    raise SystemExit(status)


# ---- what a program's errors show ------------------------------------------------------------


def _hide_runner(error: BaseException) -> None:
    """Lets Python report the error as if nothing but the program had been running.

    Python itself calls the hook, so that exit codes, Ctrl-C and a program's own hook stay as they
    are.
    """
    report = sys.excepthook
    traceback = _below_runner(error.__traceback__)
    note = _note(error, traceback)
    if note is not None:
        error.add_note(note)

    def report_program(kind: type[BaseException], error: BaseException, _: object) -> None:
        report(kind, error.with_traceback(traceback), traceback)

    sys.excepthook = report_program


def _below_runner(traceback: TracebackType | None) -> TracebackType | None:
    while traceback is not None and traceback.tb_frame.f_code.co_filename == __file__:
        traceback = traceback.tb_next
    return traceback


def _note(error: BaseException, traceback: TracebackType | None) -> str | None:
    """What an error that Python worded itself leaves out: the name chainrule lacks, and where."""
    name = _lacking(error)
    place = _last_place_in_program(traceback)
    if name is None or place is None or "chainrule has no" in str(error):
        return None
    return _alias.missing(name, *place)


def _lacking(error: BaseException) -> str | None:
    """The name that an error says is not there, if it is one of PyTorch's."""
    if isinstance(error, ModuleNotFoundError):
        return error.name if (error.name or "").startswith("torch.") else None
    if isinstance(error, AttributeError) and not isinstance(error.obj, ModuleType):
        kind = error.obj if isinstance(error.obj, type) else type(error.obj)
        if kind.__module__.partition(".")[0] in ("chainrule", "torch"):
            return f"{kind.__qualname__}.{error.name}"
    return None


def _last_place_in_program(traceback: TracebackType | None) -> tuple[str, int] | None:
    """File and line of the innermost frame that is not chainrule's own."""
    folder = os.path.dirname(__file__) + os.sep
    place = None
    while traceback is not None:
        filename = traceback.tb_frame.f_code.co_filename
        if not filename.startswith(folder) and not _alias.is_import_system(filename):
            place = filename, traceback.tb_lineno
        traceback = traceback.tb_next
    return place
