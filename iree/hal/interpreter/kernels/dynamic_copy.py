"""dynamic_copy: a box of one tensor to a box of another. Indices and lengths are tensors, most often constants."""

from functools import partial
from types import EllipsisType

import numpy as np

from iree.hal.interpreter.kernels.kernel import (
    Action,
    Array,
    Builder,
    Index,
    Kernel,
    KernelError,
    Operation,
    copy_into,
    is_integer,
    require,
    same,
)
from iree.hal.status import OutOfRange


def _box(shape: tuple[int, ...], starts: Array, lengths: Array) -> Index | None:
    """None: it reaches out of the tensor."""
    box: list[EllipsisType | slice] = [...]
    for size, start, length in zip(shape, starts.tolist(), lengths.tolist(), strict=True):
        if start < 0 or length < 0 or start + length > size:
            return None
        box.append(slice(start, start + length))
    return tuple(box)


def _dynamic_copy(op: Operation) -> Kernel:
    source, source_starts, target_starts, lengths = op.inputs
    rank = len(op.output.shape)
    require(source.element_type == op.output.element_type, f"copies one element type, not {source} to {op.output}")
    require(len(source.shape) == rank, f"copies between equal ranks, not {source} to {op.output}")
    for tensor in (source_starts, target_starts, lengths):
        require(
            is_integer(tensor.dtype) and tensor.shape == (rank,), f"takes {rank} integers for rank {rank}, not {tensor}"
        )
    known = op.constants[1:]
    if any(constant is None for constant in known):
        return Kernel(_bind_dynamic)
    read, write, count = (constant for constant in known if constant is not None)
    source_box, target_box = _box(source.shape, read, count), _box(op.output.shape, write, count)
    if source_box is None or target_box is None:
        raise KernelError(_leaving(source.shape, read, op.output.shape, write, count))
    whole = source.shape == op.output.shape == tuple(count.tolist())
    return Kernel(partial(_bind_static, source_box, target_box), view=same if whole else None)


def _leaving(source: tuple[int, ...], read: Array, target: tuple[int, ...], write: Array, count: Array) -> str:
    return (
        f"of {count.tolist()} elements, from {read.tolist()} of shape {list(source)} "
        f"to {write.tolist()} of shape {list(target)}, leaves one of the two"
    )


def _bind_static(source_box: Index, target_box: Index, x: Array, _r: Array, _w: Array, _n: Array, out: Array) -> Action:
    return copy_into(out[target_box], x[source_box])


def _bind_dynamic(x: Array, source_starts: Array, target_starts: Array, lengths: Array, out: Array) -> Action:
    def run() -> None:
        source_box, target_box = _box(x.shape, source_starts, lengths), _box(out.shape, target_starts, lengths)
        if source_box is None or target_box is None:
            raise OutOfRange(f"dynamic_copy {_leaving(x.shape, source_starts, out.shape, target_starts, lengths)}")
        np.copyto(out[target_box], x[source_box])

    return run


DYNAMIC_COPY: dict[str, Builder] = {"dynamic_copy": _dynamic_copy}
