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
    is_float,
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


def _compare(kinds: str, cast: View) -> Builder:
    allowed = is_float if kinds == "floats" else is_bits

    def build(op: Operation) -> Kernel:
        left, right = op.inputs
        (predicate,) = op.attributes
        assert isinstance(predicate, int)
        require(predicate < len(PREDICATES), f"has no predicate {predicate}: they are 0 to {len(PREDICATES) - 1}")
        require(left == right, f"compares one type, not {left} with {right}")
        require(allowed(left.dtype), f"is for {kinds}, not {left}")
        require(op.output.dtype == BOOL and op.output.shape == left.shape, f"of {left} gives i1s, not {op.output}")
        ufunc = _UFUNCS[PREDICATES[predicate]]
        return Kernel(lambda a, b, out: partial(ufunc, cast(a), cast(b), out))

    return build


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
    "cmp_f": _compare("floats", lambda array: array),
    "cmp_i_s": _compare("integers and i1", signed),
    "cmp_i_u": _compare("integers and i1", unsigned),
    "select": _select,
}
