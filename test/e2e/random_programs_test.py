"""Random programs on every driver, against NumPy.

IREE_RANDOM_PROGRAMS=1000 tries as many, new ones each time; a failure prints the smallest program that shows it.
"""

import os

import numpy as np
from hypothesis import HealthCheck, given, note, settings

import iree.compiler
import iree.runtime
from test.e2e.programs import DRIVERS, validated
from test.e2e.random_programs import Program, programs

WANTED = os.environ.get("IREE_RANDOM_PROGRAMS")


@settings(
    max_examples=int(WANTED or 50),
    derandomize=WANTED is None,
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
@given(programs())
def test_what_a_random_program_computes(program: Program) -> None:
    note(program.text)
    note("\n".join(repr(array) for array in program.inputs))
    module = validated(iree.compiler.compile_str(program.text))
    for driver in DRIVERS:
        function = iree.runtime.load_vm_flatbuffer(module, driver=driver).f
        first = function.invoke(program.inputs)
        arrays = [iree.runtime.asdevicearray(function.device, array) for array in program.inputs]
        stays = function.invoke(arrays)
        function.invoke([np.zeros_like(array) for array in program.inputs])  # must not change what was returned
        for array, value in zip([*arrays, *stays], [*program.inputs, *first], strict=True):
            np.testing.assert_array_equal(array, value, f"on {driver}, of arrays on the device")
        for index, (got, value) in enumerate(zip(first, program.results, strict=True)):
            what = f"result {index} on {driver}"
            assert (got.dtype, got.shape) == (value.dtype, value.shape), what
            if value.dtype == np.float32:
                assert (np.abs(got - value.exact) <= value.error).all(), f"{what}: {got}, expected {value.exact}"
            else:
                np.testing.assert_array_equal(got, value.exact, what)
