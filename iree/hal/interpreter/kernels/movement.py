"""Instructions that move elements without computing: most only look at the same memory in another way."""

from functools import partial
from types import EllipsisType

import numpy as np

from iree.hal.interpreter.kernels.kernel import (
    Action,
    Array,
    Builder,
    Index,
    Kernel,
    Operation,
    View,
    copy_into,
    in_order,
    is_integer,
    is_number,
    require,
)
from iree.hal.interpreter.tensor_type import TensorType


def _viewing(view: View) -> Kernel:
    return Kernel(lambda x, out: copy_into(out, view(x)), view=view)


def _same_element_type(op: Operation) -> None:
    for value in op.inputs:
        same = value.element_type == op.output.element_type
        require(same, f"keeps the element type, {value} cannot become {op.output}")


def check_dimensions(dimensions: tuple[int, ...], rank: int) -> None:
    """Each is a dimension of a tensor of this rank, and none comes twice."""
    right = len(set(dimensions)) == len(dimensions) and all(0 <= d < rank for d in dimensions)
    require(right, f"dimensions {list(dimensions)} are not different ones of 0 to {rank - 1}")


def _broadcast_in_dim(op: Operation) -> Kernel:
    (value,), dimensions, target = op.inputs, op.integers(0), op.output.shape
    _same_element_type(op)
    require(
        len(dimensions) == len(value.shape), f"of {value} needs {len(value.shape)} dimensions, not {len(dimensions)}"
    )
    check_dimensions(dimensions, len(target))
    for size, dimension in zip(value.shape, dimensions, strict=True):
        require(
            size in (1, target[dimension]),
            f"cannot make {target[dimension]} elements of {size}: {value} to {op.output}",
        )
    order = tuple(sorted(range(len(dimensions)), key=dimensions.__getitem__))
    missing = tuple(d for d in range(len(target)) if d not in dimensions)
    return _viewing(lambda x: np.broadcast_to(np.expand_dims(x.transpose(order), missing), target))


def _transpose(op: Operation) -> Kernel:
    (value,), permutation = op.inputs, op.integers(0)
    _same_element_type(op)
    check_dimensions(permutation, len(value.shape))
    right = len(permutation) == len(value.shape) and op.output.shape == tuple(value.shape[d] for d in permutation)
    require(right, f"of {value} by {list(permutation)} is not {op.output}")
    return _viewing(lambda x: x.transpose(permutation))


def _reverse(op: Operation) -> Kernel:
    (value,), dimensions = op.inputs, op.integers(0)
    check_dimensions(dimensions, len(value.shape))
    require(value == op.output, f"keeps the type, {value} cannot become {op.output}")
    steps = [-1 if d in dimensions else 1 for d in range(len(value.shape))]
    index: Index = (..., *[slice(None, None, step) for step in steps])
    return _viewing(lambda x: x[index])


def _slice(op: Operation) -> Kernel:
    (value,), starts, strides, lengths = op.inputs, op.integers(0), op.integers(1), op.output.shape
    _same_element_type(op)
    ranks = len(value.shape), len(starts), len(strides), len(lengths)
    require(len(set(ranks)) == 1, f"of {value} to {op.output} has {len(starts)} starts and {len(strides)} strides")
    for size, start, stride, length in zip(value.shape, starts, strides, lengths, strict=True):
        inside = start >= 0 and stride > 0 and (not length or start + (length - 1) * stride < size)
        require(inside, f"of {value} from {list(starts)} by {list(strides)} to {op.output} leaves it")
    index: Index = (..., *[_run(*run) for run in zip(starts, strides, lengths, strict=True)])
    return _viewing(lambda x: x[index])


def _run(start: int, stride: int, length: int) -> slice:
    return slice(start, start + (length - 1) * stride + 1, stride) if length else slice(0, 0)


def _pad(op: Operation) -> Kernel:
    value, padding = op.inputs
    edges = [op.integers(i) for i in range(3)]
    _same_element_type(op)
    require(not padding.shape, f"fills with one element, not with {padding}")
    rank = len(value.shape)
    require(
        all(len(edge) == rank for edge in edges) and len(op.output.shape) == rank,
        f"of {value} needs {rank} low, high and interior",
    )
    source: list[EllipsisType | slice] = [...]
    target: list[EllipsisType | slice] = [...]
    for size, wanted, low, high, interior in zip(value.shape, op.output.shape, *edges, strict=True):
        padded = low + size + max(size - 1, 0) * interior + high
        require(
            interior >= 0 and padded == wanted,
            f"of {size} by {low}, {high} and {interior} gives {padded}, not {wanted}",
        )
        step = interior + 1
        first = max(0, -(low // step))  # the first and the last source element that stay
        last = min(size - 1, (wanted - 1 - low) // step)
        length = max(0, last - first + 1)
        source.append(_run(first, 1, length))
        target.append(_run(low + first * step, step, length))
    return Kernel(partial(_bind_pad, tuple(source), tuple(target)))


def _bind_pad(source: Index, target: Index, x: Array, padding: Array, out: Array) -> Action:
    return in_order(copy_into(out, padding), copy_into(out[target], x[source]))


def _concatenate(op: Operation) -> Kernel:
    dimensions = op.integers(0)
    _same_element_type(op)
    require(len(dimensions) == 1 and bool(op.inputs), f"takes operands and one dimension, not {list(dimensions)}")
    (dimension,) = dimensions
    check_dimensions(dimensions, len(op.output.shape))
    for value in op.inputs:
        same = _without(value, dimension) == _without(op.output, dimension)
        require(same, f"of {value} into {op.output} differs in more than dimension {dimension}")
    total = sum(value.shape[dimension] for value in op.inputs)
    require(total == op.output.shape[dimension], f"gives {total} in dimension {dimension}, not {op.output}")
    return Kernel(lambda *arrays: partial(np.concatenate, arrays[:-1], dimension, arrays[-1]))


def _without(value: TensorType, dimension: int) -> tuple[int, ...]:
    return value.shape[:dimension] + value.shape[dimension + 1 :]


def _iota(op: Operation) -> Kernel:
    dimensions, shape = op.integers(0), op.output.shape
    require(len(dimensions) == 1, f"counts along one dimension, not {list(dimensions)}")
    check_dimensions(dimensions, len(shape))
    dtype = op.output.dtype
    require(is_integer(dtype) or is_number(dtype), f"is for numbers, not {op.output}")
    counts = np.arange(shape[dimensions[0]]).astype(dtype)
    run = counts.reshape([-1 if d == dimensions[0] else 1 for d in range(len(shape))])
    return Kernel(lambda out: copy_into(out, run))


MOVEMENT: dict[str, Builder] = {
    "broadcast_in_dim": _broadcast_in_dim,
    "transpose": _transpose,
    "slice": _slice,
    "pad": _pad,
    "concatenate": _concatenate,
    "reverse": _reverse,
}

IOTA: dict[str, Builder] = {"iota": _iota}
