import ctypes

import numpy as np
import pytest

from iree.hal.status import Internal
from iree.runtime.c_function import _PROTOTYPE, CFunction
from iree.runtime.vm.custom_call import CallSite
from iree.schemas import element_types


@_PROTOTYPE
def scale(inputs, input_count, outputs, output_count, config):
    """What a C compiler would make of a function with this signature: only addresses go in."""
    if (input_count, output_count) != (1, 1) or inputs[0].element_type != element_types.from_name("f32").number:
        return 7
    size = int(np.prod([inputs[0].shape[d] for d in range(inputs[0].rank)]))
    source = ctypes.cast(inputs[0].data, ctypes.POINTER(ctypes.c_float))
    target = ctypes.cast(outputs[0].data, ctypes.POINTER(ctypes.c_float))
    for index in range(size):
        target[index] = source[index] * float(config)
    return 0


def site(dtype=np.float32):
    x = np.arange(6).reshape(2, 3).astype(dtype)
    return CallSite("mine", "2.5", (x,), (np.zeros_like(x),), "f", "")


def test_a_function_pointer_reads_and_writes_arrays():
    for function in (scale, ctypes.cast(scale, ctypes.c_void_p).value):
        call = site()
        CFunction(function).call(call)
        np.testing.assert_array_equal(call.outputs[0], call.inputs[0] * 2.5)


def test_a_function_of_a_library():
    absolute = CFunction(ctypes.CDLL(None).abs)  # any function's address will do; this one is not called
    assert isinstance(absolute, CFunction)


def test_a_number_that_is_not_zero_is_a_failure():
    with pytest.raises(Internal, match="custom call @mine of @f: the function returned 7"):
        CFunction(scale).call(site(np.int32))
