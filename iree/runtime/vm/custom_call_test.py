import numpy as np
import pytest

from iree.hal.status import InvalidArgument, NotFound
from iree.runtime.vm.custom_call import CallSite, HostFunction, PythonFunction, resolve_imports


def site(config: str = "", outputs: int = 1) -> CallSite:
    x = np.float32([1, 2])
    return CallSite(
        "mine", config, (x, x + 1), tuple(np.zeros(2, np.float32) for _ in range(outputs)), "f", "m.mlir:3:4"
    )


def test_a_function_of_arrays() -> None:
    call = site()
    PythonFunction(np.add).call(call)
    np.testing.assert_array_equal(call.outputs[0], [3, 5])


def test_several_results_and_none() -> None:
    call = site(outputs=2)
    PythonFunction(lambda a, b: (b, a)).call(call)
    np.testing.assert_array_equal(call.outputs, [[2, 3], [1, 2]])
    PythonFunction(lambda a, b: None).call(site(outputs=0))


def test_the_configuration_is_given_where_there_is_one() -> None:
    call = site("3")
    PythonFunction(lambda a, b, config: a * np.float32(config)).call(call)
    np.testing.assert_array_equal(call.outputs[0], [3, 6])


@pytest.mark.parametrize(
    ("returned", "message"),
    [
        (None, r"custom call @mine of @f at m.mlir:3:4: returned 0 results, needs 1"),
        (np.zeros(2), r"result 0 is float64\[2\], needs float32\[2\]"),
        (np.zeros((1, 2), np.float32), r"result 0 is float32\[1, 2\], needs float32\[2\]"),
    ],
)
def test_results_have_to_fit(returned: object, message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        PythonFunction(lambda a, b: returned).call(site())


def test_what_the_function_raises_reaches_the_caller() -> None:
    with pytest.raises(ZeroDivisionError) as raised:
        PythonFunction(lambda a, b: 1 // 0).call(site())
    assert raised.value.__notes__ == ["in custom call @mine of @f at m.mlir:3:4"]


def test_all_missing_functions_are_named() -> None:
    found = resolve_imports("net", ("a",), {"a": np.add, "b": np.sin})
    assert len(found) == 1 and isinstance(found[0], HostFunction)
    message = r"module \"net\" calls functions that are not registered: b, c.*custom_calls=\{\"b\": ..., \"c\": ...\}"
    with pytest.raises(NotFound, match=message):
        resolve_imports("net", ("a", "b", "c"), {"a": np.add})
