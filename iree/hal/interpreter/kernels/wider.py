"""Elements that NumPy does not compute with are computed as wider ones, and rounded or wrapped once.

f8 of any kind    f32
i2, i4            i8
ui2, ui4          ui8
"""

from functools import partial

import ml_dtypes
import numpy as np

from iree.hal.interpreter.kernels.kernel import Action, Array, Bind, Builder, Kernel, Operation, copy_into, in_order
from iree.hal.interpreter.tensor_type import TensorType
from iree.schemas.element_types import from_dtype

_WIDER: dict[np.dtype, np.dtype] = {
    np.dtype(narrow): np.dtype(wide)
    for wide, narrows in {
        np.float32: (
            ml_dtypes.float8_e5m2,
            ml_dtypes.float8_e4m3fn,
            ml_dtypes.float8_e4m3,
            ml_dtypes.float8_e3m4,
            ml_dtypes.float8_e5m2fnuz,
            ml_dtypes.float8_e4m3fnuz,
            ml_dtypes.float8_e4m3b11fnuz,
        ),
        np.int8: (ml_dtypes.int2, ml_dtypes.int4),
        np.uint8: (ml_dtypes.uint2, ml_dtypes.uint4),
    }.items()
    for narrow in narrows
}

_COUNTS_BITS = {"srl", "popcnt", "clz"}  # these look at the bits above: they have to be zeros, not the sign


def computed_wider(builder: Builder) -> Builder:
    """The builder, for elements of every width."""

    def build(op: Operation) -> Kernel:
        types = (*op.inputs, op.output)
        if not any(type_.dtype in _WIDER for type_ in types):
            return builder(op)
        bits = op.output.element_type.bit_width if op.name in _COUNTS_BITS else None
        constants = tuple(None if c is None else _widened(c, bits) for c in op.constants)
        wide = op._replace(inputs=tuple(map(_wide, op.inputs)), output=_wide(op.output), constants=constants)
        kernel = builder(wide)
        bind = partial(_bind, kernel.bind, bits, op.name == "clz")
        return Kernel(bind, elementwise=kernel.elementwise)

    return build


def _wide(type_: TensorType) -> TensorType:
    return TensorType(from_dtype(_WIDER.get(type_.dtype, type_.dtype)), type_.shape)


def _widened(array: Array, bits: int | None) -> Array:
    wide = array.astype(_WIDER.get(array.dtype, array.dtype))
    return wide if bits is None else wide & wide.dtype.type((1 << bits) - 1)


def _bind(bind: Bind, bits: int | None, counts_leading: bool, *arrays: Array) -> Action:
    wide = [np.empty(a.shape, _WIDER[a.dtype]) if a.dtype in _WIDER else a for a in arrays]
    loads: list[Action] = []
    for target, source in zip(wide[:-1], arrays[:-1], strict=True):
        if target is not source:
            loads.append(copy_into(target, source))
            if bits is not None:
                loads.append(partial(np.bitwise_and, target, target.dtype.type((1 << bits) - 1), target))
    stores: list[Action] = []
    if counts_leading and bits is not None:
        stores.append(partial(np.subtract, wide[-1], wide[-1].dtype.type(8 - bits), wide[-1]))
    if wide[-1] is not arrays[-1]:
        stores.append(copy_into(arrays[-1], wide[-1]))
    return in_order(*loads, bind(*wide), *stores)
