"""torch.utils.checkpoint: recompute in backward instead of saving in forward.

Apart from autograd, whose hooks on saved tensors do the work. `_recomputing` is the way without
reentry, `_reentrant` the older one, `_selective` says what is saved all the same.
"""

from __future__ import annotations

from chainrule.utils.checkpoint._calls import (
    checkpoint,
    checkpoint_sequential,
    noop_context_fn,
    set_checkpoint_debug_enabled,
    set_checkpoint_early_stop,
)
from chainrule.utils.checkpoint._recomputing import CheckpointError, GraphExecGroup
from chainrule.utils.checkpoint._reentrant import (
    CheckpointFunction,
    check_backward_validity,
    detach_variable,
)
from chainrule.utils.checkpoint._selective import (
    SAC_IGNORED_OPS,
    CheckpointPolicy,
    SelectiveCheckpointContext,
    create_selective_checkpoint_contexts,
)
from chainrule.utils.checkpoint._states import (
    DefaultDeviceType,
    get_device_states,
    set_device_states,
)

__all__ = [
    "SAC_IGNORED_OPS",
    "CheckpointError",
    "CheckpointFunction",
    "CheckpointPolicy",
    "DefaultDeviceType",
    "GraphExecGroup",
    "SelectiveCheckpointContext",
    "check_backward_validity",
    "checkpoint",
    "checkpoint_sequential",
    "create_selective_checkpoint_contexts",
    "detach_variable",
    "get_device_states",
    "noop_context_fn",
    "set_checkpoint_debug_enabled",
    "set_checkpoint_early_stop",
    "set_device_states",
]
