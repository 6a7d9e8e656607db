"""bitcast_convert: the same bits as elements of another width.

To a narrower type a dimension is added, last, that goes through an element from its lowest bits; to a wider type the
last dimension goes.
"""

from functools import partial

import numpy as np

from iree.hal.interpreter.kernels.kernel import BOOL, Action, Array, Builder, Kernel, Operation, require


def _bitcast(op: Operation) -> Kernel:
    (value,) = op.inputs
    source, target = value.element_type, op.output.element_type
    require(BOOL not in (value.dtype, op.output.dtype) or source == target, f"of {value} and {op.output} has i1")
    wide, narrow = (source, target) if source.bit_width >= target.bit_width else (target, source)
    count = wide.bit_width // narrow.bit_width
    added = (count,) if count > 1 else ()
    shapes = (value.shape + added, op.output.shape) if wide is source else (value.shape, op.output.shape + added)
    require(shapes[0] == shapes[1], f"of {value} is not {op.output}: they differ in bits")
    if narrow.bit_width == 8 * narrow.byte_width:
        return Kernel(_bind_bytes)
    if count == 1:
        return Kernel(_bind_bytes)
    return Kernel(partial(_split if wide is source else _join, narrow.bit_width, 8 // narrow.bit_width))


def _bind_bytes(x: Array, out: Array) -> Action:
    def run() -> None:
        np.copyto(out, np.frombuffer(x.tobytes(), out.dtype).reshape(out.shape))

    return run


def _split(bits: int, per_byte: int, x: Array, out: Array) -> Action:
    shifts = np.arange(per_byte, dtype=np.uint8) * np.uint8(bits)

    def run() -> None:
        whole = np.frombuffer(x.tobytes(), np.uint8) 
        parts = (whole[:, np.newaxis] >> shifts) & np.uint8((1 << bits) - 1)
        np.copyto(out, parts.view(out.dtype).reshape(out.shape))

    return run


def _join(bits: int, per_byte: int, x: Array, out: Array) -> Action:
    shifts = np.arange(per_byte, dtype=np.uint8) * np.uint8(bits)

    def run() -> None:
        parts = np.frombuffer(x.tobytes(), np.uint8) & np.uint8((1 << bits) - 1)
        whole = np.bitwise_or.reduce(parts.reshape(-1, per_byte) << shifts, axis=1)
        np.copyto(out, np.frombuffer(whole.tobytes(), out.dtype).reshape(out.shape))

    return run


BITCAST: dict[str, Builder] = {"bitcast_convert": _bitcast}
