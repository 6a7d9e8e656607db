"""A compiled function as a custom call: anything with C's way of calling.

    library = ctypes.CDLL("./mine.so")
    load_vm_flatbuffer(data, custom_calls={"my_double": CFunction(library.my_double)})

In C:

    typedef struct {
      void* data;              // row by row; an input's is not to be written
      const int64_t* shape;
      int32_t rank;
      int32_t element_type;    // its number in iree/schemas/element_types.py
    } iree_array_t;

    int my_double(const iree_array_t* inputs, int32_t input_count,
                  const iree_array_t* outputs, int32_t output_count, const char* config);

It returns 0, or any other number where it failed.
"""

import ctypes
from collections.abc import Sequence
from typing import Any

from iree.hal.status import Internal
from iree.runtime.vm.custom_call import Array, CallSite, HostFunction
from iree.schemas import element_types


class CArray(ctypes.Structure):
    """iree_array_t."""

    _fields_ = (
        ("data", ctypes.c_void_p),
        ("shape", ctypes.POINTER(ctypes.c_int64)),
        ("rank", ctypes.c_int32),
        ("element_type", ctypes.c_int32),
    )


_PROTOTYPE = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(CArray), ctypes.c_int32, ctypes.POINTER(CArray), ctypes.c_int32, ctypes.c_char_p
)


class CFunction(HostFunction):
    """A function pointer: a function of a ctypes library, or an address."""

    def __init__(self, function: Any):
        address = function if isinstance(function, int) else ctypes.cast(function, ctypes.c_void_p).value
        self._function = _PROTOTYPE(address or 0)
        self._keep = function  # the library must live as long as this

    def call(self, site: CallSite) -> None:
        """Internal: the function says that it failed."""
        arrays = [_c_arrays(each) for each in (site.inputs, site.outputs)]
        counts = len(site.inputs), len(site.outputs)
        status = self._function(arrays[0], counts[0], arrays[1], counts[1], site.config.encode())
        if status:
            raise Internal(f"{site.where}: the function returned {status}")


def _c_arrays(arrays: Sequence[Array]) -> "ctypes.Array[CArray]":
    found = (CArray * len(arrays))()
    for entry, array in zip(found, arrays, strict=True):
        entry.data = array.ctypes.data
        entry.shape = (ctypes.c_int64 * array.ndim)(*array.shape)
        entry.rank = array.ndim
        entry.element_type = element_types.from_dtype(array.dtype).number
    return found
