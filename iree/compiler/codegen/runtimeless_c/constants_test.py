"""Constants: each once, in lines that an editor can show."""

import ml_dtypes
import numpy as np

from iree.compiler.codegen.runtimeless_c.constants import Constants, array_text
from iree.compiler.codegen.runtimeless_c.names import Names
from iree.compiler.ir.constants import dense

WEIGHTS = np.arange(4, dtype=np.float32)


def test_equal_constants_are_one() -> None:
    constants = Constants(Names())
    assert constants.add(dense(WEIGHTS), "w") is constants.add(dense(WEIGHTS.copy()), "v")
    assert constants.add(dense(WEIGHTS.astype(np.int32)), "w").name == "w1"
    assert constants.definitions() == [
        "static const float w[4] ALIGNED = {0.0f, 1.0f, 2.0f, 3.0f};\n",
        "static const int32_t w1[4] ALIGNED = {0, 1, 2, 3};\n",
    ]


def test_a_file_of_constants() -> None:
    constants = Constants(Names(), is_external=True)
    numbers = [
        WEIGHTS,
        np.array([True, False, True]),
        np.array([[1 - 2j]], np.complex64),
        np.zeros((3, 0)),
        np.array([-1, 7, -8], ml_dtypes.int4),
        np.array([1.5, np.inf], np.float16),
        np.arange(40, dtype=np.uint64),
    ]
    found = [constants.add(dense(array), "w") for array in (*numbers, WEIGHTS)]
    weights = constants.weights()
    for constant, array in zip(found, numbers, strict=False):
        held = array.astype(np.int8) if array.dtype == ml_dtypes.int4 else array
        assert constant.offset % 64 == 0
        assert weights[constant.offset :].startswith(held.tobytes())
    assert found[-1] is found[0] is constants.all()[0]
    assert (len(weights), constants.definitions()) == (5 * 64 + 320, [])


def test_zeros_are_one_zero() -> None:
    assert array_text("z", dense(np.zeros((3, 4), np.float64))) == "double z[12] ALIGNED = {0};\n"
    assert array_text("z", dense(np.full(2, -0.0, np.float32))) == "float z[2] ALIGNED = {-0.0f, -0.0f};\n"


def test_no_elements_are_still_an_array() -> None:
    assert array_text("z", dense(np.zeros((3, 0), np.float32))) == "float z[1] ALIGNED = {0};\n"


def test_lines_are_short() -> None:
    for count in (100, 20_000):
        lines = array_text("w", dense(np.random.default_rng(0).normal(size=count))).splitlines()
        assert max(map(len, lines)) <= (120 if count < 1000 else 240)
