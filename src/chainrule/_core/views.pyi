"""What a view is once its base was written to."""

from chainrule._core.operation import Op

def bind_ops(
    as_strided_op: Op, overlay_op: Op, view_as_real_op: Op, view_as_complex_op: Op
) -> None: ...
