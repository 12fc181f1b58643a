"""Named results (torch.return_types): tuples whose parts have names.

Apart, because sorting, extremes and others share them. A named tuple of the standard library
would take longer to make than all of them together.
"""

from __future__ import annotations


def result_type(name: str, fields: tuple[str, ...]) -> type:
    """A class of tuples like torch.return_types.max: `fields` name its parts."""

    def new(cls, *parts):
        if len(parts) == 1 and len(fields) != 1:
            (parts,) = parts
        return tuple.__new__(cls, parts)

    def represent(self):
        parts = ",\n".join(f"{field}={part!r}" for field, part in zip(fields, self))
        return f"torch.return_types.{name}(\n{parts})"

    members = {field: _part(place) for place, field in enumerate(fields)}
    return type(
        name,
        (tuple,),
        {
            "__new__": new,
            "__repr__": represent,
            "__reduce__": lambda self: (tuple, (tuple(self),)),
            "__slots__": (),
            "_fields": fields,
            "__module__": "torch.return_types",
            **members,
        },
    )


def _part(place: int) -> property:
    """A tuple's part as an attribute."""
    return property(lambda self: self[place])
