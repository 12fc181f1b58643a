"""gradcheck and gradgradcheck: derivatives against finite differences.

Apart from the engine, because it trusts nothing of it but the values of the function.

`check` has the order of the checks, and `second_order` checks a gradient. `arguments` refuses what
cannot be checked, `parts` makes a function of complex numbers into two of real ones, `numerical`
measures, `analytical` and `forward` compute what is judged, `exact` compares whole Jacobians and
`fast` one random projection of each, `undefined` and `batched` try cotangents of other kinds, and
`report` says what is wrong.
"""

from __future__ import annotations

from chainrule.autograd.gradcheck.check import gradcheck
from chainrule.autograd.gradcheck.report import GradcheckError
from chainrule.autograd.gradcheck.second_order import gradgradcheck

__all__ = [
    "GradcheckError",
    "gradcheck",
    "gradgradcheck",
]
