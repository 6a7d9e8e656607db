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

# Instructions that look at the bits above an integer's own: those have to be zeros, or all like its highest one.
_ABOVE_ZEROS = {"srl", "popcnt", "clz"}
_ABOVE_SIGN = {"sra"}


def computed_wider(builder: Builder) -> Builder:
    """The builder, for elements of every width."""

    def build(op: Operation) -> Kernel:
        if not any(type_.dtype in _WIDER for type_ in (*op.inputs, op.output)):
            return builder(op)
        constants = tuple(None if c is None else c.astype(_WIDER.get(c.dtype, c.dtype)) for c in op.constants)
        wide = op._replace(inputs=tuple(map(_wide, op.inputs)), output=_wide(op.output), constants=constants)
        kernel = builder(wide)
        return Kernel(partial(_bind, kernel.bind, op), elementwise=kernel.elementwise)

    return build


def _wide(type_: TensorType) -> TensorType:
    return TensorType(from_dtype(_WIDER.get(type_.dtype, type_.dtype)), type_.shape)


def _bind(bind: Bind, op: Operation, *arrays: Array) -> Action:
    wide = [np.empty(a.shape, _WIDER[a.dtype]) if a.dtype in _WIDER else a for a in arrays]
    above = 8 - op.output.element_type.bit_width
    actions: list[Action] = []
    for target, source in zip(wide[:-1], arrays[:-1], strict=True):
        if target is not source:
            actions.append(copy_into(target, source))
        if op.name in _ABOVE_ZEROS:
            actions += _filled(target.view(np.uint8), above)
        if op.name in _ABOVE_SIGN:
            actions += _filled(target.view(np.int8), above)
    actions.append(bind(*wide))
    if op.name == "clz":
        actions.append(partial(np.subtract, wide[-1], wide[-1].dtype.type(above), wide[-1]))
    if wide[-1] is not arrays[-1]:
        actions.append(copy_into(arrays[-1], wide[-1]))
    return in_order(*actions)


def _filled(bits: Array, above: int) -> list[Action]:
    """Shifts an integer up and down again: from above come zeros, or copies of its highest bit if it has a sign."""
    distance = bits.dtype.type(above)
    return [partial(np.left_shift, bits, distance, bits), partial(np.right_shift, bits, distance, bits)]
