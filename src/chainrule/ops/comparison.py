"""Comparisons and logic: results that are true or false, and bits. None has a derivative."""

from __future__ import annotations

from chainrule.ops.kinds import elementwise

eq = elementwise("eq", "equal")
ne = elementwise("ne", "not_equal")
lt = elementwise("lt", "less", refuses="c")
le = elementwise("le", "less_equal", refuses="c")
gt = elementwise("gt", "greater", refuses="c")
ge = elementwise("ge", "greater_equal", refuses="c")

# Written over numbers that have a history, comparisons end it: their derivative is 0.
eq_in_place = elementwise("eq", "equal", 0, 0)
ne_in_place = elementwise("ne", "not_equal", 0, 0)
lt_in_place = elementwise("lt", "less", 0, 0, refuses="c")
le_in_place = elementwise("le", "less_equal", 0, 0, refuses="c")
gt_in_place = elementwise("gt", "greater", 0, 0, refuses="c")
ge_in_place = elementwise("ge", "greater_equal", 0, 0, refuses="c")

logical_and = elementwise("logical_and", "logical_and")
logical_or = elementwise("logical_or", "logical_or")
logical_xor = elementwise("logical_xor", "logical_xor")
logical_not = elementwise("logical_not", "logical_not")

bitwise_and = elementwise("bitwise_and", "bitwise_and")
bitwise_or = elementwise("bitwise_or", "bitwise_or")
bitwise_xor = elementwise("bitwise_xor", "bitwise_xor")
bitwise_not = elementwise("bitwise_not", "invert")
invert = elementwise("invert", "invert")  # the operator, which refuses numbers in words of its own
bitwise_left_shift = elementwise("bitwise_left_shift", "left_shift", refuses="b")
bitwise_right_shift = elementwise("bitwise_right_shift", "right_shift", refuses="b")

isnan = elementwise("isnan", "isnan")
isinf = elementwise("isinf", "isinf")
isfinite = elementwise("isfinite", "isfinite")
signbit = elementwise("signbit", "signbit")
