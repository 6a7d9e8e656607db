"""Comparisons and select."""

from functools import partial

import numpy as np

from iree.hal.interpreter.kernels.kernel import (
    BOOL,
    Action,
    Array,
    Builder,
    Kernel,
    Operation,
    View,
    copy_into,
    in_order,
    is_bits,
    is_complex,
    is_float,
    is_number,
    require,
    signed,
    unsigned,
)
from iree.schemas.interpreter_bytecode import PREDICATES

_UFUNCS = {
    "eq": np.equal,
    "ne": np.not_equal,
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
}


def _predicate(op: Operation) -> int:
    (predicate,) = op.attributes
    assert isinstance(predicate, int)
    require(predicate < len(PREDICATES), f"has no predicate {predicate}: they are 0 to {len(PREDICATES) - 1}")
    return predicate


def _compare(kinds: str, cast: View) -> Builder:
    allowed = is_number if kinds == "numbers" else is_bits

    def build(op: Operation) -> Kernel:
        left, right = op.inputs
        predicate = _predicate(op)
        require(left == right, f"compares one type, not {left} with {right}")
        require(allowed(left.dtype), f"is for {kinds}, not {left}")
        ordered = PREDICATES[predicate] not in ("eq", "ne")
        require(not (ordered and is_complex(left.dtype)), f"of {left} has no order, only eq and ne")
        require(op.output.dtype == BOOL and op.output.shape == left.shape, f"of {left} gives i1s, not {op.output}")
        ufunc = _UFUNCS[PREDICATES[predicate]]
        return Kernel(lambda a, b, out: partial(ufunc, cast(a), cast(b), out))

    return build


def _compare_total(op: Operation) -> Kernel:
    """-NaN < -inf < .. < -0 < +0 < .. < inf < NaN: as the integers do that have the bits, the sign turned around."""
    left, right = op.inputs
    ufunc = _UFUNCS[PREDICATES[_predicate(op)]]
    require(left == right, f"compares one type, not {left} with {right}")
    require(is_float(left.dtype), f"is for floats, not {left}")
    require(op.output.dtype == BOOL and op.output.shape == left.shape, f"of {left} gives i1s, not {op.output}")
    return Kernel(lambda a, b, out: lambda: ufunc(order_key(a), order_key(b), out))


def order_key(floats: Array) -> Array:
    """Integers in the order of the floats' bits, from the least NaN to the greatest; its own inverse."""
    bits = signed(np.ascontiguousarray(floats).reshape(floats.shape))  # contiguous scalars have a dimension
    key: Array = bits ^ ((bits >> (bits.itemsize * 8 - 1)) & np.iinfo(bits.dtype).max)
    return key


def _select_one(condition: Array, on_true: Array, on_false: Array, out: Array) -> Action:
    def run() -> None:
        np.copyto(out, on_true if condition else on_false)

    return run


def _select_each(condition: Array, on_true: Array, on_false: Array, out: Array) -> Action:
    return in_order(copy_into(out, on_false), partial(np.copyto, out, on_true, where=condition))


def _select(op: Operation) -> Kernel:
    condition, on_true, on_false = op.inputs
    fits = condition.dtype == BOOL and condition.shape in ((), op.output.shape)
    require(fits, f"of {op.output} chooses by i1s of that shape or of rank 0, not by {condition}")
    require(on_true == on_false == op.output, f"takes and gives one type, not {on_true}, {on_false} and {op.output}")
    return Kernel(_select_each if condition.shape == op.output.shape else _select_one)


COMPARE: dict[str, Builder] = {
    "cmp_f": _compare("numbers", lambda array: array),
    "cmp_i_s": _compare("integers and i1", signed),
    "cmp_i_u": _compare("integers and i1", unsigned),
    "cmp_total": _compare_total,
}

SELECT: dict[str, Builder] = {"select": _select}
