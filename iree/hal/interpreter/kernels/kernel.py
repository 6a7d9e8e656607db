"""Kernel: one instruction for given types, ready to be bound to arrays.

A builder checks types and attributes once, when an executable is prepared, and returns a Kernel. Binding it to arrays
gives an action: a call without arguments, most often a NumPy function with its arguments and `out` filled in.

    kernel = build(Operation("mul_f", (t, t), t, (), (None, None)))
    action = kernel.bind(a, b, out)      # functools.partial(np.multiply, a, b, out)
    action()
"""

from collections.abc import Callable
from functools import partial
from types import EllipsisType
from typing import NamedTuple

import ml_dtypes
import numpy as np

from iree.hal.interpreter.tensor_type import TensorType
from iree.schemas.instruction import Operand

Array = np.ndarray
Action = Callable[[], object]
Bind = Callable[..., Action]  # (inputs..., output) -> action
View = Callable[[Array], Array]
Index = tuple[EllipsisType | slice, ...]  # starts with ..., so that of rank 0 it gives an array too

HALF_FLOATS = (np.dtype(np.float16), np.dtype(ml_dtypes.bfloat16))
FLOATS = (*HALF_FLOATS, np.dtype(np.float32), np.dtype(np.float64))
BOOL = np.dtype(np.bool_)


class KernelError(ValueError):
    """Types or attributes that the instruction does not take: no compiler of this version wrote them."""


class Operation(NamedTuple):
    """One instruction with the types of its locals. `constants` holds the inputs that are known, else None."""

    name: str
    inputs: tuple[TensorType, ...]
    output: TensorType
    attributes: tuple[Operand, ...]
    constants: tuple[Array | None, ...]

    def integers(self, index: int) -> tuple[int, ...]:
        """The attribute of letter I at this place."""
        value = self.attributes[index]
        assert isinstance(value, tuple)
        return value


class Kernel(NamedTuple):
    """`view`: set where the output is only another view of the input. `elementwise`: it may overwrite an input."""

    bind: Bind
    view: View | None = None
    elementwise: bool = False


Builder = Callable[[Operation], Kernel]


def require(condition: bool, text: str) -> None:
    """KernelError: `text`, unless the condition holds."""
    if not condition:
        raise KernelError(text)


def require_all(op: Operation, allowed: Callable[[np.dtype], bool], kind: str) -> None:
    """Inputs and output have one type, whose elements are of an allowed kind."""
    for value in op.inputs:
        require(value == op.output, f"takes and gives one type, not {value} and {op.output}")
    require(allowed(op.output.dtype), f"is for {kind}, not {op.output}")


def is_float(dtype: np.dtype) -> bool:
    """f16, bf16, f32 or f64."""
    return dtype in FLOATS


def is_complex(dtype: np.dtype) -> bool:
    """complex<f32> or complex<f64>."""
    return dtype.kind == "c"


def is_number(dtype: np.dtype) -> bool:
    """A float or a complex number."""
    return is_float(dtype) or is_complex(dtype)


def is_integer(dtype: np.dtype) -> bool:
    """An integer of 8 bits or more."""
    return dtype.kind in "iu"


def is_bits(dtype: np.dtype) -> bool:
    """An integer or i1."""
    return dtype.kind in "iub"


def signed(array: Array) -> Array:
    """The same bits as two's complement integers; i1 stays what it is."""
    return array if array.dtype == BOOL else array.view(f"i{array.dtype.itemsize}")


def unsigned(array: Array) -> Array:
    """The same bits as integers without sign; i1 stays what it is."""
    return array if array.dtype == BOOL else array.view(f"u{array.dtype.itemsize}")


def call(function: Callable[..., object]) -> Bind:
    """Binds a NumPy function that takes (inputs..., out)."""
    return partial(partial, function)


def distinct(constant: Array) -> Array:
    """The elements of a constant, those of a splat once."""
    return constant[tuple(slice(None) if stride else slice(1) for stride in constant.strides)]


def copy_into(target: Array, source: Array) -> Action:
    """Copies `source`, converted or broadcast as NumPy does it."""
    return partial(np.copyto, target, source, "unsafe")


def through_f32(bind: Bind) -> Bind:
    """Half floats are computed as f32 and rounded once, so that a kernel of several steps does not round at each."""

    def bind_wide(*arrays: Array) -> Action:
        if arrays[-1].dtype not in HALF_FLOATS:
            return bind(*arrays)
        wide = [np.empty(array.shape, np.float32) for array in arrays]
        action = bind(*wide)
        loads = [copy_into(w, a) for w, a in zip(wide[:-1], arrays[:-1], strict=True)]
        return in_order(*loads, action, copy_into(arrays[-1], wide[-1]))

    return bind_wide


def same(x: Array) -> Array:
    """The view of a copy: the memory as it is."""
    return x


def in_order(*actions: Action) -> Action:
    """One action that runs several."""

    def run() -> None:
        for action in actions:
            action()

    return run
