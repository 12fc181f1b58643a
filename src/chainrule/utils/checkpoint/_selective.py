"""Selective checkpoints: which operations of a region are saved all the same.

Apart from the recomputation, which runs inside the contexts made here and knows nothing of them.
"""

from __future__ import annotations

import enum
from collections import deque
from typing import TYPE_CHECKING

from chainrule._core.core import Tensor
from chainrule._core.operation import Op
from chainrule._core.recording import parts_of
from chainrule._core.watching import unwatch, watch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

# PyTorch lists here what a policy is not asked about: sizes, strides, detach. Here these are
# attributes and methods of a tensor, and no operations.
SAC_IGNORED_OPS: set[Op] = set()


class CheckpointPolicy(enum.Enum):
    """What a policy may answer: whether the result of an operation is saved or recomputed.

    MUST and PREFER mean the same here, as they do in PyTorch without a compiler; what would be
    offloaded to the CPU is there already, and saved.

    See https://docs.pytorch.org/docs/2.13/checkpoint.html#torch.utils.checkpoint.CheckpointPolicy
    """

    MUST_SAVE = 0
    PREFER_SAVE = 1
    MUST_RECOMPUTE = 2
    PREFER_RECOMPUTE = 3
    MUST_CPU_OFFLOAD = 4
    PREFER_CPU_OFFLOAD = 5


_RECOMPUTED = (CheckpointPolicy.MUST_RECOMPUTE, CheckpointPolicy.PREFER_RECOMPUTE)


class SelectiveCheckpointContext:
    """What a policy is told beside the operation: whether this is the recomputation, the result.

    See https://docs.pytorch.org/docs/2.13/checkpoint.html#torch.utils.checkpoint.SelectiveCheckpointContext
    """

    def __init__(self, *, is_recompute: bool, op_output: Any = None) -> None:
        self.is_recompute = is_recompute
        self.op_output = op_output


class _Saved:
    """The result of one operation, and the version it had."""

    def __init__(self, op, result):
        self.op = op
        self.several = isinstance(result, tuple)
        self.parts = [parts_of(part) for part in (result if self.several else (result,))]

    def arrays(self, allow_mutation):
        for _, storage, version in self.parts:
            if storage.version != version and not allow_mutation:
                raise RuntimeError(
                    "Tensor cached during selective activation checkpoint has been mutated: a "
                    f"result of {self.op.name} was written to at {storage.source}. Pass "
                    "allow_cache_entry_mutation=True to use it as it is."
                )
        arrays = tuple(array for array, _, _ in self.parts)
        return arrays if self.several else arrays[0]


class _Watched:
    """A context in which an object is told of every operation."""

    def __enter__(self):
        watch(self)

    def __exit__(self, *exception):
        unwatch()


class _Saving(_Watched):
    """The context of the forward: asks the policy, and saves what it names."""

    def __init__(self, policy, saved):
        self.policy, self.saved = policy, saved

    def before(self, op, inputs, parameters):
        """Nothing: every operation runs."""

    def after(self, op, inputs, parameters, result):
        context = SelectiveCheckpointContext(is_recompute=False, op_output=result)
        answer = self.policy(context, op, *inputs, **parameters)
        if isinstance(answer, bool):
            answer = CheckpointPolicy.MUST_SAVE if answer else CheckpointPolicy.PREFER_RECOMPUTE
        if not isinstance(answer, CheckpointPolicy):
            raise TypeError(
                f"the policy answered {answer!r} for {op.name}; expected a CheckpointPolicy"
            )
        # A view costs nothing, and is one only of the tensor it is made from again.
        saves = answer not in _RECOMPUTED and not op.view and _is_tensors(result)
        self.saved.setdefault(op, deque()).append(_Saved(op, result) if saves else None)


class _Reusing(_Watched):
    """The context of the recomputation: gives what was saved in place of computing it."""

    def __init__(self, saved, allow_mutation):
        self.saved, self.allow_mutation = saved, allow_mutation
        self.used = False

    def __enter__(self):
        if self.used:
            raise RuntimeError(
                "Trying to backward an extra time. You are only allowed to backward once on any "
                "region computed under selective activation checkpoint."
            )
        self.used = True
        super().__enter__()

    def before(self, op, inputs, parameters):
        """The saved result, None where the policy had it recomputed."""
        if not self.saved.get(op):
            raise RuntimeError(
                f"{op.name} encountered during backward but not found in storage. This can "
                "happen if the operations in the checkpointed region are nondeterministic or "
                "depend on global state that changed between forward and backward."
            )
        found = self.saved[op].popleft()
        return None if found is None else found.arrays(self.allow_mutation)

    def after(self, op, inputs, parameters, result):
        """Nothing: what was recomputed is as it was."""


def _is_tensors(result):
    parts = result if isinstance(result, tuple) else (result,)
    return all(isinstance(part, Tensor) for part in parts)


def create_selective_checkpoint_contexts(
    policy_fn_or_list: Callable[..., CheckpointPolicy | bool] | Sequence[Op],
    allow_cache_entry_mutation: bool = False,
) -> tuple[Any, Any]:
    """Two contexts for checkpoint(context_fn=...): what a policy names is saved, not recomputed.

    The policy is called as `policy(context, op, *inputs, **parameters)` after each operation of
    the forward, where `op` is an operation of `chainrule.ops` (`op.name` is "mm" for a product
    of matrices), and answers with a CheckpointPolicy. A list of operations stands for the policy
    that saves these. Writes in place and views are always done again. A saved result that was
    written to raises RuntimeError, unless `allow_cache_entry_mutation`; so does a second backward.

    >>> import functools
    >>> import chainrule as torch
    >>> from chainrule.ops.matmul import mm
    >>> from chainrule.utils import checkpoint
    >>> contexts = functools.partial(checkpoint.create_selective_checkpoint_contexts, [mm])
    >>> x = torch.ones(2, 2, requires_grad=True)
    >>> y = checkpoint.checkpoint(
    ...     lambda x: (x @ x).sin(), x, use_reentrant=False, context_fn=contexts
    ... )
    >>> y.sum().backward()
    >>> x.grad
    tensor([[-1.6646, -1.6646],
            [-1.6646, -1.6646]])

    See https://docs.pytorch.org/docs/2.13/checkpoint.html#torch.utils.checkpoint.create_selective_checkpoint_contexts
    """
    policy = policy_fn_or_list
    if isinstance(policy_fn_or_list, list):
        policy = _policy_of(policy_fn_or_list)
    elif not callable(policy_fn_or_list) or isinstance(policy_fn_or_list, Op):
        raise TypeError("policy_fn_or_list must be either a function or a list of ops.")
    saved: dict[Op, deque] = {}
    return _Saving(policy, saved), _Reusing(saved, allow_cache_entry_mutation)


def _policy_of(saved):
    for op in saved:
        if not isinstance(op, Op):
            raise ValueError(
                f"Expected op in `op_list` to be an OpOverload but got: {op} of type {type(op)}. "
                "Here that is an operation of chainrule.ops."
            )

    names = {op.name for op in saved}

    def policy(context, op, *inputs, **parameters):
        return op.name in names

    return policy
