"""Nothing is without samples: no record, no public function, nothing that is promised."""

import importlib
import pkgutil

from tests.samples import CASES, OPERATIONS
from tests.samples.elsewhere import ALSO_REACHED, TESTED_ELSEWHERE
from tests.samples.recorded import RECORDED

from chainrule import ops
from chainrule._core.operation import Op
from chainrule.functions.declare import PUBLIC

SAMPLED = {name for operation in OPERATIONS for name in (operation.name, *operation.aliases)}
SHORT = {name.rpartition(".")[2] for name in SAMPLED}

# What the project sets out to offer, by PyTorch's public names.
PROMISED = """
add sub mul div floor_divide remainder fmod pow neg abs sign reciprocal square sqrt rsqrt clamp clip
maximum minimum fmax fmin addcmul addcdiv lerp where nan_to_num floor ceil round trunc frac
exp exp2 expm1 log log2 log10 log1p logaddexp xlogy sigmoid logsigmoid softplus erf erfc erfinv
lgamma digamma sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh atan2 hypot sinc
eq ne lt le gt ge equal isclose allclose isnan isinf isfinite logical_and logical_or logical_xor
logical_not bitwise_and bitwise_or bitwise_xor bitwise_not
sum mean prod max min amax amin argmax argmin std var norm vector_norm logsumexp all any cumsum
cumprod cummax count_nonzero median nansum softmax log_softmax
reshape view flatten unflatten squeeze unsqueeze transpose t mT permute movedim expand broadcast_to
repeat repeat_interleave tile cat stack split chunk unbind flip roll narrow select diagonal diag
tril triu as_strided unfold
getitem setitem gather scatter scatter_add index_select index_add index_put take take_along_dim
masked_fill masked_select nonzero sort argsort topk embedding one_hot
matmul mm bmm mv dot outer einsum addmm baddbmm tensordot linear
tensor as_tensor zeros ones full empty eye arange linspace logspace zeros_like ones_like full_like
empty_like new_zeros new_ones new_full new_empty new_tensor rand randn randint randperm rand_like
randn_like randint_like normal bernoulli multinomial
""".split()


def records():
    """Every op record that stands in a module of the table."""
    for module in pkgutil.iter_modules(ops.__path__):
        found = vars(importlib.import_module(f"chainrule.ops.{module.name}"))
        yield from ((module.name, one) for one in found.values() if isinstance(one, Op))


def test_every_promised_operation_has_samples():
    assert [name for name in PROMISED if name not in SHORT] == []


def test_every_record_of_the_table_is_reached_by_samples():
    unreached = {
        f"{module}.{op.name}"
        for module, op in records()
        if op.name not in SHORT | set(ALSO_REACHED) | set(TESTED_ELSEWHERE)
    }

    assert sorted(unreached) == []


def test_every_public_function_has_samples():
    tested = SAMPLED | set(TESTED_ELSEWHERE)

    assert [name for name in PUBLIC if name.removesuffix("_") not in tested] == []


def test_no_entry_excuses_what_is_not_there():
    names = {op.name for _, op in records()}

    assert sorted(set(ALSO_REACHED) - names) == []
    assert sorted(set(TESTED_ELSEWHERE) - names - set(PUBLIC)) == []
    assert {sampled for sampled in ALSO_REACHED.values() if sampled not in SHORT} == set()


def test_samples_have_names_of_their_own_and_are_recorded():
    names = [str(case) for case in CASES]

    assert len(set(names)) == len(names)
    assert sorted(set(names) - set(RECORDED)) == []
    assert sorted(set(RECORDED) - set(names)) == []
