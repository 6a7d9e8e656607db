"""Gathers of every form, drawn, and what JAX makes of them. For tests of all layers.

@given(gathers())
def test_gather(case): case.operand, case.starts, case.attributes -> case.expected()
"""

from typing import Any, NamedTuple

import numpy as np
from hypothesis import strategies as st
from jax import lax
from numpy.typing import NDArray

Ints = tuple[int, ...]


class Gather(NamedTuple):
    """One gather: its operands, and its lists in the order of mhlo.gather's dimension numbers."""

    operand: NDArray[Any]
    starts: NDArray[Any]
    offset_dims: Ints
    collapsed: Ints
    operand_batching: Ints
    starts_batching: Ints
    start_index_map: Ints
    vector_dim: int
    sizes: Ints

    @property
    def attributes(self) -> str:
        """The op's properties as text."""
        names = ("offset_dims", "collapsed_slice_dims", "operand_batching_dims", "start_indices_batching_dims")
        lists = zip((*names, "start_index_map"), self[2:7], strict=True)
        numbers = "".join(f"{name} = {list(dims)}, " for name, dims in lists)
        sizes = f"array<i64{': ' if self.sizes else ''}{', '.join(map(str, self.sizes))}>"
        vector = f"index_vector_dim = {self.vector_dim}"
        return f"dimension_numbers = #mhlo.gather<{numbers}{vector}>, slice_sizes = {sizes}"

    def expected(self) -> NDArray[Any]:
        """JAX's result. Its index vectors lie along the last dimension."""
        vectors = self.starts if self.vector_dim < self.starts.ndim else self.starts[..., np.newaxis]
        batching = tuple(dim - (dim > self.vector_dim) for dim in self.starts_batching)
        numbers = lax.GatherDimensionNumbers(
            self.offset_dims, self.collapsed, self.start_index_map, self.operand_batching, batching
        )
        moved = np.moveaxis(vectors, self.vector_dim, -1)
        return np.asarray(lax.gather(self.operand, moved, numbers, self.sizes, mode="clip"))


@st.composite
def gathers(draw: st.DrawFn, dtype: Any = np.int32) -> Gather:
    """Operands of rank 0 to 4, starts inside and outside of them."""
    shape = draw(st.lists(st.integers(1, 4), max_size=4))
    role = [draw(st.sampled_from(["batching", "collapsed", "offset", "offset"])) for _ in shape]
    with_role = {name: tuple(d for d, given in enumerate(role) if given == name) for name in set(role)}
    batching, collapsed, kept = (with_role.get(name, ()) for name in ("batching", "collapsed", "offset"))
    others = draw(st.permutations([dim for dim in range(len(shape)) if dim not in batching]))
    mapped = tuple(others[: draw(st.integers(0, len(others)))])
    sizes = tuple(draw(st.integers(0, size)) if dim in kept else 1 for dim, size in enumerate(shape))
    extra = draw(st.lists(st.integers(0, 3), max_size=2))
    batch = draw(st.permutations([*((shape[dim], dim) for dim in batching), *((size, -1) for size in extra)]))
    vector_dim = draw(st.integers(0, len(batch)))
    starts_shape = [size for size, _ in batch]
    if len(mapped) != 1 or vector_dim < len(batch) or draw(st.booleans()):
        starts_shape.insert(vector_dim, len(mapped))
    places = [next(place for place, (_, dim) in enumerate(batch) if dim == wanted) for wanted in batching]
    starts_batching = tuple(place + (place >= vector_dim) for place in places)
    rank = len(batch) + len(kept)
    offsets = tuple(sorted(draw(st.permutations(range(rank)))[: len(kept)]))
    operand = np.arange(int(np.prod(shape, dtype=int))).reshape(shape).astype(dtype)
    extreme = st.sampled_from([-(2**31), 2**31 - 1])
    indices = draw(
        st.lists(st.integers(-2, 5) | extreme, min_size=(count := int(np.prod(starts_shape))), max_size=count)
    )
    starts = np.array(indices, np.int32).reshape(starts_shape)
    return Gather(operand, starts, offsets, collapsed, batching, starts_batching, mapped, vector_dim, sizes)
