"""Random control flow and state, on every driver, call after call, against Python."""

import os

import numpy as np
import pytest

import iree.compiler
import iree.runtime
from iree.runtime import asdevicearray
from test.e2e.programs import DRIVERS
from test.e2e.random_control_flow import ARGUMENTS, Program

SEEDS = int(os.environ.get("IREE_RANDOM_CONTROL_FLOW", "25"))  # thousands find more


@pytest.mark.parametrize("seed", range(SEEDS))
def test_control_flow_and_state(seed: int) -> None:
    program = Program(seed)
    data = iree.compiler.compile_str(program.text)
    modules = {driver: iree.runtime.load_vm_flatbuffer(data, driver=driver) for driver in DRIVERS}
    random, state = np.random.default_rng(seed), Program.initial_state()
    for turn in range(4):
        arguments = [random.integers(-20, 20, 2, np.int32) for _ in ARGUMENTS]
        expected = program.run(arguments, state)
        for driver, module in modules.items():
            given = [asdevicearray(module.f.device, array) for array in arguments] if turn % 2 else arguments
            result = module.f.invoke_async(*given).result() if turn == 3 else module.f(*given)
            np.testing.assert_array_equal(result, expected, err_msg=f"{driver}\n{program.text}")
            np.testing.assert_array_equal(given, arguments, err_msg=f"{driver}\n{program.text}")
            for name, value in state.items():
                np.testing.assert_array_equal(module.variables[name], value, err_msg=f"{driver}\n{program.text}")
