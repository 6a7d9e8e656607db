"""Every element of a result has one place in its launch."""

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from xdsl.ir import Block

from iree.compiler.dialects.workload import workload_of
from iree.compiler.kernels.emitter import Emitter
from iree.compiler.kernels.folding import constant_int
from iree.compiler.kernels.tiling import element_at


@given(st.lists(st.integers(1, 4), max_size=5).map(tuple))
@settings(max_examples=50, deadline=None)
def test_every_element_has_one_place(shape: tuple[int, ...]) -> None:
    emitter = Emitter(Block())
    seen = set()
    for place in np.ndindex(*workload_of(shape)):
        element = element_at(emitter, tuple(emitter.index(number) for number in place), shape)
        seen.add(tuple(constant_int(index) for index in element))
    assert seen == set(np.ndindex(*shape))
    assert len(seen) == math.prod(shape)
