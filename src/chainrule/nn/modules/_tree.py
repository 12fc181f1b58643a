"""Walking a module: its children, parameters and buffers, and settings made on all of them.

Apart from Module, because these methods only read the registry that Module keeps
(`_modules`, `_parameters`, `_buffers`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainrule.nn.parameter import Parameter, clear_gradient

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any, Self

    from chainrule._core.core import Tensor
    from chainrule.nn.modules.module import Module


class Tree:
    """What Module can say about what it owns."""

    training: bool
    _modules: dict[str, Any]
    _parameters: dict[str, Parameter | None]
    _buffers: dict[str, Tensor | None]

    # ---- modules

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """The modules directly below, each once, with their names."""
        seen = set()
        for name, module in self._modules.items():
            if module is not None and module not in seen:
                seen.add(module)
                yield name, module

    def children(self) -> Iterator[Module]:
        """The modules directly below, each once."""
        for _, module in self.named_children():
            yield module

    def named_modules(
        self, memo: set[Any] | None = None, prefix: str = "", remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Any]]:
        """This module and all below it, outer before inner, with their dotted names.

        >>> import chainrule as torch
        >>> net = torch.nn.Sequential(torch.nn.ReLU())
        >>> [name for name, _ in net.named_modules()]
        ['', '0']
        """
        memo = set() if memo is None else memo
        if self in memo:
            return
        if remove_duplicate:
            memo.add(self)
        yield prefix, self
        for name, module in self._modules.items():
            if module is not None:
                below = f"{prefix}.{name}" if prefix else name
                yield from module.named_modules(memo, below, remove_duplicate)

    def modules(self, remove_duplicate: bool = True) -> Iterator[Module]:
        """This module and all below it, outer before inner."""
        for _, module in self.named_modules(remove_duplicate=remove_duplicate):
            yield module

    # ---- parameters and buffers

    def _named_members(
        self,
        members_of: Callable,
        prefix: str = "",
        recurse: bool = True,
        remove_duplicate: bool = True,
    ) -> Iterator[tuple]:
        """What `members_of(module)` lists, over this module and, with `recurse`, all below."""
        seen = set()
        modules = (
            self.named_modules(prefix=prefix, remove_duplicate=remove_duplicate)
            if recurse
            else [(prefix, self)]
        )
        for path, module in modules:
            for name, member in members_of(module):
                if member is None or member in seen:
                    continue
                if remove_duplicate:
                    seen.add(member)
                yield (f"{path}.{name}" if path else name), member

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """The parameters with their dotted names, a shared one once.

        >>> import chainrule as torch
        >>> [name for name, _ in torch.nn.Linear(2, 1).named_parameters()]
        ['weight', 'bias']
        """
        yield from self._named_members(
            lambda module: module._parameters.items(), prefix, recurse, remove_duplicate
        )

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """The parameters, a shared one once: what an optimizer is given."""
        for _, parameter in self.named_parameters(recurse=recurse):
            yield parameter

    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Tensor]]:
        """The buffers with their dotted names, a shared one once."""
        yield from self._named_members(
            lambda module: module._buffers.items(), prefix, recurse, remove_duplicate
        )

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """The buffers, a shared one once."""
        for _, buffer in self.named_buffers(recurse=recurse):
            yield buffer

    # ---- by dotted name

    def get_submodule(self, target: str) -> Module:
        """The module at a dotted name; '' is this one. AttributeError where there is none."""
        module: Any = self
        for name in target.split(".") if target else ():
            module = attribute_of(module, name)
            if not isinstance(module, Tree):
                raise AttributeError(f"`{name}` is not an nn.Module")
        return module

    def set_submodule(self, target: str, module: Module, strict: bool = False) -> None:
        """Put `module` at a dotted name; with `strict`, only where there is one already."""
        if target == "":
            raise ValueError("Cannot set the submodule without a target name!")
        if not isinstance(module, Tree):
            raise ValueError(f"`module` is not an nn.Module, found {type(module)}")
        path, _, name = target.rpartition(".")
        parent = self.get_submodule(path)
        taken = strict or hasattr(parent, name)
        if taken and not isinstance(attribute_of(parent, name), Tree):
            raise AttributeError(f"`{name}` is not an nn.Module")
        setattr(parent, name, module)

    def get_parameter(self, target: str) -> Parameter:
        """The parameter at a dotted name."""
        path, _, name = target.rpartition(".")
        found = attribute_of(self.get_submodule(path), name)
        if not isinstance(found, Parameter):
            raise AttributeError(f"`{name}` is not an nn.Parameter")
        return found

    def get_buffer(self, target: str) -> Tensor:
        """The buffer at a dotted name."""
        path, _, name = target.rpartition(".")
        module = self.get_submodule(path)
        found = attribute_of(module, name)
        if name not in module._buffers:
            raise AttributeError(f"`{name}` is not a buffer")
        return found

    # ---- settings on all of it

    def apply(self, fn: Callable[[Any], None]) -> Self:
        """Call `fn` on every module below, then on this one; gives back this one."""
        for module in self.children():
            module.apply(fn)
        fn(self)
        return self

    def train(self, mode: bool = True) -> Self:
        """Switch this module and all below it to training (dropout on) or evaluation."""
        if not isinstance(mode, bool):
            raise ValueError(f"training mode is expected to be boolean, found {mode!r}")
        self.training = mode
        for module in self.children():
            module.train(mode)
        return self

    def eval(self) -> Self:
        """The same as `train(False)`."""
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Whether gradients are wanted of all parameters."""
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget all parameters' gradients; with `set_to_none=False`, fill them with zeros."""
        for parameter in self.parameters():
            clear_gradient(parameter, set_to_none)


def attribute_of(module: Tree, name: str) -> Any:
    if not hasattr(module, name):
        raise AttributeError(f"{type(module).__name__} has no attribute `{name}`")
    return getattr(module, name)
