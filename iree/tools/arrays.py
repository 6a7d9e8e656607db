"""Arrays as users write them on a command line and read them from a tool.

4xf32=1,2,3,4    2x2xi32=[1 2][3 4]    f32=2    4xf32 (zeros)    @x.npy
"""

import math
from typing import Any

import numpy as np

from iree.hal.buffer_view_text import parse_shaped_array
from iree.schemas import element_types
from iree.tools import command_line
from iree.tools.command_line import UsageError

Array = np.ndarray[Any, Any]

_WIDER = {"integer": np.int32, "float": np.float32}  # tolist makes no Python numbers of ml_dtypes' own


def read_input(text: str) -> Array:
    """The array that an --input says. InvalidArgument: the text is none. UsageError: the file is none."""
    if not text.startswith("@"):
        return parse_shaped_array(text)
    path = command_line.user_path(text[1:])
    try:
        array = np.load(path, allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise UsageError(f"{path}: not an .npy file: {error}") from None
    if isinstance(array, np.ndarray):
        return array
    raise UsageError(f"{path}: holds several arrays; save the one to use as .npy")


def to_json(array: Array) -> dict[str, Any]:
    """The array as JSON has it; what JSON has no number for is a string: "nan", "-inf", "(1+2j)"."""

    def value(element: Any) -> Any:
        if isinstance(element, list):
            return [value(item) for item in element]
        is_number = isinstance(element, bool | int) or (isinstance(element, float) and math.isfinite(element))
        return element if is_number else str(element)

    of = element_types.from_dtype(array.dtype)
    wide = array.astype(_WIDER[of.kind]) if of.byte_width < 4 and of.kind in _WIDER else array
    return {"type": of.name, "shape": list(array.shape), "data": value(wide.tolist())}
