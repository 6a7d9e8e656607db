"""Half weights: constants of f32 are kept as f16, and kernels compute with them in f32.

    %w = iree_ll_seq.constant dense<[0.1, 2.0]> : tensor<2xf32>     dense<[9.997559e-02, 2.0]> : tensor<2xf16>

Only those that nothing but kernels reads: what a function hands on as it is stays as it is. A kernel has its numbers of
f32 still; write_kernel is told which of its buffers hold halves.
"""

from collections.abc import Sequence

import numpy as np
from xdsl.dialects.builtin import DenseIntOrFPElementsAttr, f32
from xdsl.dialects.func import FuncOp

from iree.compiler.dialects import ll_seq
from iree.compiler.ir.constants import array_of, dense
from iree.compiler.ir.diagnostics import CompileError, op_error, raise_all
from iree.compiler.ir.rewriting import ops_of, replace


def halve_weights(functions: Sequence[FuncOp]) -> None:
    """Changes the functions. CompileError: a constant holds a number that is too large for f16."""
    constants = [op for function in functions for op in ops_of(function, ll_seq.Constant) if _is_f32(op)]
    handed_on = {op.value for op in constants if not all(_is_read(use.operation) for use in op.buffer.uses)}
    errors = []
    for op in constants:
        if op.value in handed_on:
            continue
        try:
            replace(op, _halved(op))
        except CompileError as error:
            errors.append(error)
    raise_all(errors)


def _is_f32(op: ll_seq.Constant) -> bool:
    return bool(op.value.get_element_type() == f32)


def _is_read(op: object) -> bool:
    return isinstance(op, ll_seq.StaticDispatch)


def _halved(op: ll_seq.Constant) -> ll_seq.Constant:
    assert isinstance(op.value, DenseIntOrFPElementsAttr)
    numbers = array_of(op.value)
    with np.errstate(over="ignore"):
        halves = numbers.astype(np.float16)
    lost = np.argwhere(np.isinf(halves) & np.isfinite(numbers))
    if len(lost):
        place = "".join(f"[{index}]" for index in lost[0])
        raise op_error(
            op,
            f"{op.value.type} holds {numbers[tuple(lost[0])]} at {place or 'its only place'}, and f16 ends at 65504; "
            "scale it in the program, or leave weights in f32: --c_float=f32",
        )
    made = ll_seq.Constant(dense(halves))
    made.buffer.name_hint = op.buffer.name_hint
    return made
