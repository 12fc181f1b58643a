"""A record that cannot work is refused when it is made, not when it is first differentiated."""

import pytest

from chainrule._core.operation import Op
from chainrule.ops.kinds import elementwise


def test_a_rule_may_not_ask_for_an_operand_that_is_not_there():
    with pytest.raises(TypeError, match="a rule asks for 'y'"):
        elementwise("once", "sin", lambda y: y)


def test_a_rule_may_not_ask_for_an_unknown_name():
    with pytest.raises(TypeError, match="a rule asks for 'cosine'"):
        elementwise("once", "sin", lambda cosine: cosine)


def test_a_rule_may_ask_for_a_keyword_of_the_op():
    op = Op("scaled", 1, 1, lambda xp, x, *, scale: x * scale, parameters=("scale",))
    op.transpose(lambda g, scale: g * scale)
    assert op.rules
