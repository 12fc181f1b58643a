"""torch.save and torch.load: tensors and plain values in a file, and nothing that can run.

Apart from what is saved (_encoding.py): this is the file. It is a zip archive (written
uncompressed) of one JSON text, `chainrule.json`, and the arrays as .npy files, which
`numpy.load` reads too. A pickle is neither written nor read, so loading a file of unknown
origin is safe. Paths that end in .safetensors are written and read in that format.
"""

from __future__ import annotations

import io
import os
from typing import IO, TYPE_CHECKING, Any

import numpy

from chainrule._core.apply import wrap_array
from chainrule._core.core import Tensor
from chainrule._core.devices import device as Device

if TYPE_CHECKING:
    from collections.abc import Callable

DESCRIPTION = "chainrule.json"
FORMAT = 1


def save(
    obj: object,
    f: str | os.PathLike[str] | IO[bytes],
    pickle_module: object = None,
    pickle_protocol: int = 2,
    _use_new_zipfile_serialization: bool = True,
    _disable_byteorder_record: bool = False,
) -> None:
    """Write tensors, numbers, strings, and lists and dicts of these, to a path or a file.

    A state_dict of a module or an optimizer is such a value; the module itself is not
    (TypeError). The arguments about pickling are accepted and have no effect.

    >>> import chainrule as torch, io
    >>> file = io.BytesIO()
    >>> torch.save({"step": 3, "weight": torch.ones(2)}, file)
    >>> _ = file.seek(0)
    >>> torch.load(file)
    {'step': 3, 'weight': tensor([1., 1.])}

    See https://docs.pytorch.org/docs/2.13/generated/torch.save.html
    """
    path = _path_of(f)
    if path is not None and path.endswith(".safetensors"):
        _save_safetensors(obj, path)
        return
    content = _archive_of(obj)  # all of it before the file is touched
    if path is None:
        if not hasattr(f, "write"):
            raise AttributeError(
                "expected 'f' to be string, path, or a file-like object with a 'write' "
                f"attribute, found {type(f).__name__}"
            )
        f.write(content.getbuffer())
        return
    folder = os.path.dirname(path)
    if folder and not os.path.isdir(folder):
        raise RuntimeError(f"Parent directory {folder} does not exist.")
    with open(path, "wb") as file:
        file.write(content.getbuffer())


def load(
    f: str | os.PathLike[str] | IO[bytes],
    map_location: Callable | Device | str | dict[str, str] | None = None,
    pickle_module: object = None,
    *,
    weights_only: bool | None = None,
    mmap: bool | None = None,
    **pickle_load_args: object,
) -> object:
    """Read what `save` wrote, from a path or a file.

    pickle.UnpicklingError where it is something else, such as a checkpoint of PyTorch: those
    are pickles, which are programs, and are never run here. `weights_only` makes no
    difference: nothing else is ever loaded.

    See https://docs.pytorch.org/docs/2.13/generated/torch.load.html
    """
    _check_location(map_location)
    path = _path_of(f)
    if path is not None and path.endswith(".safetensors"):
        return _load_safetensors(path)
    if path is not None:
        with open(path, "rb") as file:
            return _read(file, path)
    if not (hasattr(f, "read") and hasattr(f, "seek")):
        raise AttributeError(
            "expected 'f' to be string, path, or a file-like object with 'read' and 'seek' "
            f"attributes, found {type(f).__name__}"
        )
    return _read(io.BytesIO(f.read()), getattr(f, "name", "the file"))


def _path_of(f: object) -> str | None:
    return os.fspath(f) if isinstance(f, (str, os.PathLike)) else None


def _check_location(location: object) -> None:
    """Everything is on the CPU; a function or a table that maps places may say what it likes."""
    if isinstance(location, (str, Device)) and Device(location).type != "cpu":
        raise RuntimeError(
            f"map_location={str(location)!r}: chainrule has no such device; use 'cpu'"
        )


# ------------------------------------------------------------------------------ the archive


def _archive_of(value: object) -> io.BytesIO:
    """The bytes of the file that holds a value."""
    import json
    import zipfile

    from chainrule._encoding import Encoder, describe

    encoder = Encoder()
    form = encoder.encode(value)
    tensors, arrays = describe(encoder.tensors)
    description = {"chainrule": FORMAT, "value": form, "tensors": tensors}
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        with archive.open(DESCRIPTION, "w") as entry:
            entry.write(json.dumps(description, allow_nan=False).encode())
        for number, array in enumerate(arrays):
            with archive.open(f"{number}.npy", "w", force_zip64=True) as entry:
                numpy.lib.format.write_array(entry, array, allow_pickle=False)
    return content


def _read(file: IO[bytes], name: object) -> object:
    """The value that an archive holds; `name` is what errors call the file."""
    import json
    import zipfile

    from chainrule._encoding import decode, restore

    _check_kind(file, name)
    with zipfile.ZipFile(file) as archive:
        description = json.loads(archive.read(DESCRIPTION))
        if description["chainrule"] != FORMAT:
            raise RuntimeError(
                f"torch.load: {name} was written by a newer chainrule (format "
                f"{description['chainrule']}, this one reads {FORMAT})"
            )
        arrays: dict[int, numpy.ndarray] = {}
        for form in description["tensors"]:
            number = form["array"]
            if number not in arrays:
                with archive.open(f"{number}.npy") as entry:
                    arrays[number] = numpy.lib.format.read_array(entry, allow_pickle=False)
        tensors = [restore(form, arrays[form["array"]]) for form in description["tensors"]]
    return decode(description["value"], tensors)


def _check_kind(file: IO[bytes], name: object) -> None:
    """Refuse, by name, what is not an archive that `save` wrote."""
    import pickle  # for the name of its error only
    import zipfile

    start = file.read(2)
    file.seek(0)
    if not start:
        raise EOFError(f"Ran out of input: {name} is empty")
    names = zipfile.ZipFile(file).namelist() if zipfile.is_zipfile(file) else []
    file.seek(0)
    if DESCRIPTION in names:
        return
    if start[:1] == b"\x80" or any(entry.endswith("data.pkl") for entry in names):
        raise pickle.UnpicklingError(
            f"Weights only load failed. {name} is a pickle, as PyTorch's own checkpoints are, and "
            "chainrule never runs one. With PyTorch, safetensors.torch.save_file(state_dict, "
            "'weights.safetensors') writes a file that torch.load reads here."
        )
    raise pickle.UnpicklingError(
        f"Weights only load failed. {name} was not written by chainrule's torch.save."
    )


# ------------------------------------------------------------------------------ safetensors


def _safetensors_numpy() -> Any:
    try:
        from safetensors import numpy as module
    except ImportError:
        raise ModuleNotFoundError(
            "files that end in .safetensors need the package safetensors, which is not "
            "installed: pip install safetensors",
            name="safetensors",
        ) from None
    return module


def _save_safetensors(obj: object, path: str) -> None:
    if not isinstance(obj, dict) or not all(
        isinstance(key, str) and isinstance(value, Tensor) for key, value in obj.items()
    ):
        raise TypeError(
            "torch.save: a .safetensors file holds a dict of tensors with names, nothing else"
        )
    arrays = {key: numpy.ascontiguousarray(value._array) for key, value in obj.items()}
    # ascontiguousarray makes a 0-dim array 1-dim.
    arrays = {key: array.reshape(obj[key].shape) for key, array in arrays.items()}
    _safetensors_numpy().save_file(arrays, path)


def _load_safetensors(path: str) -> dict[str, Tensor]:
    return {name: wrap_array(array) for name, array in _safetensors_numpy().load_file(path).items()}
