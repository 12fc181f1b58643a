"""Module: the base of every layer and network; keeps parameters, buffers and submodules.

Apart from what can be done with them: walking is in `_tree`, saving and loading in `_state`,
dtypes in `_conversion`, calling and hooks in `_calls`. This file is the registry itself: what
happens when an attribute is set, read or deleted, and how a module prints.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from chainrule._core.core import Tensor
from chainrule.nn.modules._calls import Calls
from chainrule.nn.modules._conversion import Conversion
from chainrule.nn.modules._state import State
from chainrule.nn.modules._tree import Tree
from chainrule.nn.parameter import Buffer, Parameter

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

REGISTRIES = ("_parameters", "_buffers", "_modules")


class Module(Tree, State, Conversion, Calls):
    """The base of every layer and network.

    A subclass calls `super().__init__()`, sets its layers and parameters as attributes, and
    defines `forward`.

    >>> import chainrule as torch
    >>> class Double(torch.nn.Module):
    ...     def forward(self, x):
    ...         return 2 * x
    >>> Double()(torch.ones(2))
    tensor([2., 2.])
    >>> Double()
    Double()

    See https://docs.pytorch.org/docs/2.13/generated/torch.nn.Module.html
    """

    _version: int = 1
    _non_persistent_buffers_set: set[str]

    def __init__(self) -> None:
        # Past __setattr__, which would look for these very dictionaries.
        self.__dict__.update(
            training=True,
            _parameters={},
            _buffers={},
            _non_persistent_buffers_set=set(),
            _backward_pre_hooks=OrderedDict(),
            _backward_hooks=OrderedDict(),
            _is_full_backward_hook=None,
            _forward_hooks=OrderedDict(),
            _forward_hooks_with_kwargs=OrderedDict(),
            _forward_hooks_always_called=OrderedDict(),
            _forward_pre_hooks=OrderedDict(),
            _forward_pre_hooks_with_kwargs=OrderedDict(),
            _state_dict_hooks=OrderedDict(),
            _state_dict_pre_hooks=OrderedDict(),
            _load_state_dict_pre_hooks=OrderedDict(),
            _load_state_dict_post_hooks=OrderedDict(),
            _modules={},
        )

    # ---- registering

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Make `param` a parameter of this module under `name`; None keeps the name free."""
        if "_parameters" not in self.__dict__:
            raise AttributeError("cannot assign parameter before Module.__init__() call")
        self._check_name("parameter", name, self._parameters)
        if param is not None and not isinstance(param, Parameter):
            raise TypeError(
                f"cannot assign '{type_name(param)}' object to parameter '{name}' "
                "(torch.nn.Parameter or None required)"
            )
        if param is not None and param.grad_fn is not None:
            raise ValueError(
                f"Cannot assign non-leaf Tensor to parameter '{name}'. Model parameters must be "
                "created explicitly. To express a parameter as a function of another Tensor, "
                "compute the value in the forward() method."
            )
        self._parameters[name] = param

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Make `tensor` a buffer: state that is no parameter. Only persistent ones are saved."""
        if "_buffers" not in self.__dict__:
            raise AttributeError("cannot assign buffer before Module.__init__() call")
        self._check_name("buffer", name, self._buffers)
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(
                f"cannot assign '{type_name(tensor)}' object to buffer '{name}' "
                "(torch Tensor or None required)"
            )
        self._buffers[name] = tensor
        if persistent:
            self._non_persistent_buffers_set.discard(name)
        else:
            self._non_persistent_buffers_set.add(name)

    def add_module(self, name: str, module: Module | None) -> None:
        """Make `module` a child of this one under `name`."""
        if module is not None and not isinstance(module, Module):
            raise TypeError(f"{type_name(module)} is not a Module subclass")
        self._check_name("module", name, self._modules, name)
        self._modules[name] = module

    def register_module(self, name: str, module: Module | None) -> None:
        """The same as `add_module`."""
        self.add_module(name, module)

    def _check_name(self, kind: str, name: str, registry: dict, shown: str = "") -> None:
        if not isinstance(name, str):
            raise TypeError(f"{kind} name should be a string. Got {type_name(name)}")
        if "." in name:
            raise KeyError(f'{kind} name can\'t contain "."' + (f", got: {shown}" if shown else ""))
        if name == "":
            raise KeyError(f'{kind} name can\'t be empty string ""')
        if hasattr(self, name) and name not in registry:
            raise KeyError(f"attribute '{name}' already exists")

    # ---- attributes

    def __getattr__(self, name: str) -> Any:
        # Called only where the usual lookup failed: parameters, buffers and submodules live in
        # dictionaries of their own. Without a loop, because every forward comes by here.
        own = self.__dict__
        if "_parameters" in own and name in own["_parameters"]:
            return own["_parameters"][name]
        if "_modules" in own and name in own["_modules"]:
            return own["_modules"][name]
        if "_buffers" in own and name in own["_buffers"]:
            return own["_buffers"][name]
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __setattr__(self, name: str, value: object) -> None:
        own = self.__dict__
        if isinstance(value, Parameter):
            self._take_name(name, "_parameters", "parameters")
            self.register_parameter(name, value)
        elif name in own.get("_parameters", ()):
            if value is not None:
                raise TypeError(
                    f"cannot assign '{type_name(value)}' as parameter '{name}' "
                    "(torch.nn.Parameter or None expected)"
                )
            self.register_parameter(name, None)
        elif isinstance(value, Module):
            self._take_name(name, "_modules", "module")
            own["_modules"][name] = value
        elif name in own.get("_modules", ()):
            if value is not None:
                raise TypeError(
                    f"cannot assign '{type_name(value)}' as child module '{name}' "
                    "(torch.nn.Module or None expected)"
                )
            own["_modules"][name] = None
        elif isinstance(value, Buffer):
            self._take_name(name, "_buffers", "buffer")
            self.register_buffer(name, value, value.persistent)
        elif name in own.get("_buffers", ()):
            self._set_buffer(name, value)
        else:
            super().__setattr__(name, value)

    def _take_name(self, name: str, registry: str, what: str) -> None:
        """Free `name` from everything but the registry it is about to enter."""
        own = self.__dict__
        if registry not in own:
            raise AttributeError(f"cannot assign {what} before Module.__init__() call")
        own.pop(name, None)
        own["_non_persistent_buffers_set"].discard(name)
        for other in REGISTRIES:
            if other != registry:
                own[other].pop(name, None)

    def _set_buffer(self, name: str, value: object) -> None:
        if value is not None and not isinstance(value, Tensor):
            raise TypeError(
                f"cannot assign '{type_name(value)}' as buffer '{name}' "
                "(torch.nn.Buffer, torch.Tensor or None expected)"
            )
        self._buffers[name] = value

    def __delattr__(self, name: str) -> None:
        for registry in REGISTRIES:
            if name in self.__dict__.get(registry, ()):
                del self.__dict__[registry][name]
                self.__dict__["_non_persistent_buffers_set"].discard(name)
                return
        super().__delattr__(name)

    def __dir__(self) -> list[str]:
        names = {*dir(type(self)), *self.__dict__, *self._parameters, *self._modules}
        names.update(self._buffers)
        # Names such as '0', of a container's children, cannot be written as attributes.
        return sorted(name for name in names if not name[0].isdigit())

    # ---- printing

    def _get_name(self) -> str:
        return type(self).__name__

    def extra_repr(self) -> str:
        """What stands between the parentheses when the module prints: for subclasses."""
        return ""

    def __repr__(self) -> str:
        extra = self.extra_repr()
        lines = extra.split("\n") if extra else []
        children = [f"({name}): {indented(repr(m))}" for name, m in self._modules.items()]
        return parenthesised(self._get_name(), lines, children)


def type_name(value: object) -> str:
    """How PyTorch names a value's type in messages: `torch.FloatTensor`, `int`."""
    if isinstance(value, Tensor):
        return value.type()
    kind = type(value)
    plain = kind.__module__ in ("builtins", "__builtin__")
    return kind.__qualname__ if plain else f"{kind.__module__}.{kind.__qualname__}"


def indented(text: str) -> str:
    """The lines of a text, all but the first moved to the right."""
    return text.replace("\n", "\n  ")


def parenthesised(name: str, extra: Iterable[str], children: Iterable[str]) -> str:
    """`Name(extra)` on one line where there are no children, else one line a child."""
    extra, children = list(extra), list(children)
    if not children and len(extra) <= 1:
        return f"{name}({''.join(extra)})"
    body = "".join(f"\n  {line}" for line in [*extra, *children])
    return f"{name}({body}\n)"
