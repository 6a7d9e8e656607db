import copy
import gc
import pickle
import threading
import weakref

import numpy as np
import pytest

from iree import runtime
from iree.hal.registry import create_driver
from iree.hal.status import FailedPrecondition, InvalidArgument
from iree.runtime import ArgumentError, DeviceArray, asdevicearray, get_device
from iree.runtime.system_api import BoundModule
from iree.schemas import element_types
from iree.schemas.sequencer_bytecode import SEQUENCER
from iree.testing.hand_built import VECTOR, one_function, simple_mul_everywhere, to_bytes

A = np.array([1, 2, 3, 4], np.float32)
B = np.array([5, 6, 7, 8], np.float32)
EVERY_DRIVER = pytest.mark.parametrize("driver", ["interpreter", "vulkan"])


def multiplication(driver: str = "interpreter") -> BoundModule:
    return runtime.load_vm_flatbuffer(to_bytes(simple_mul_everywhere()), driver=driver)


def on(driver: str, value: object) -> DeviceArray:
    return asdevicearray(get_device(driver), value)  # type: ignore[arg-type]  # whatever NumPy takes


@EVERY_DRIVER
@pytest.mark.parametrize("of", element_types.ELEMENT_TYPES, ids=str)
@pytest.mark.parametrize("shape", [(), (3,), (2, 0), (2, 3)])
def test_what_goes_in_comes_out(of: element_types.ElementType, shape: tuple[int, ...], driver: str) -> None:
    value = np.ones(shape).astype(of.dtype)
    array = on(driver, value)
    assert (array.shape, array.dtype, array.ndim) == (shape, of.dtype, len(shape))
    assert (array.size, array.nbytes) == (value.size, value.nbytes)
    for back in (np.asarray(array), array.to_host()):
        assert back.dtype == of.dtype
        np.testing.assert_array_equal(back, value)


def test_it_is_a_copy_on_both_ways() -> None:
    value = A.copy()
    array = on("interpreter", value)
    value[:] = 0
    back = np.asarray(array)
    back[:] = 0
    np.testing.assert_array_equal(array.to_host(), A)


def test_arrays_of_any_layout() -> None:
    value = np.arange(12, dtype=">f4").reshape(3, 4).T[::-1]
    array = on("interpreter", value)
    assert array.dtype == np.dtype("<f4")
    np.testing.assert_array_equal(array, value)


def test_one_that_is_there_already_stays() -> None:
    array = on("interpreter", A)
    device = array.device
    assert asdevicearray(device, array) is array
    assert asdevicearray(device, array, np.float32) is array
    assert asdevicearray(device, array, np.int32).dtype == np.int32
    moved = asdevicearray(get_device("vulkan"), array)
    np.testing.assert_array_equal(moved, A)


def test_types_that_no_device_has() -> None:
    with pytest.raises(InvalidArgument, match="no device has elements of type <U3: give a dtype"):
        on("interpreter", ["abc"])


def test_asked_for_in_a_type() -> None:
    array = on("interpreter", A)
    assert np.asarray(array, np.int64).dtype == np.int64
    assert not np.asarray(array, copy=False).flags.writeable
    with pytest.raises(ValueError, match=r"<DeviceArray 4xf32 on interpreter> is no array of int64 without a copy"):
        np.asarray(array, np.int64, copy=False)


def test_numbers() -> None:
    array = on("interpreter", np.float32(2.5))
    assert (float(array), int(array), bool(array), complex(array)) == (2.5, 2, True, 2.5 + 0j)
    with pytest.raises(TypeError, match=r"len\(\) of a DeviceArray without dimensions"):
        len(array)
    assert len(on("interpreter", A)) == 4


@EVERY_DRIVER
def test_copies_have_memory_of_their_own(driver: str) -> None:
    array = on(driver, A)
    for twin in (copy.copy(array), copy.deepcopy([array])[0]):
        assert twin.buffer is not array.buffer
        np.testing.assert_array_equal(twin, A)
    with pytest.raises(TypeError, match=r"<DeviceArray 4xf32 on \w+> cannot be pickled: give np.asarray"):
        pickle.dumps(array)


@EVERY_DRIVER
def test_dlpack_shares_the_memory_or_copies(driver: str) -> None:
    array = on(driver, A)
    shared = np.from_dlpack(array)
    assert not shared.flags.writeable
    assert np.shares_memory(shared, np.asarray(array, copy=False))
    np.testing.assert_array_equal(shared, A)
    own = np.from_dlpack(array, copy=True)
    own[:] = 0
    np.testing.assert_array_equal(array, A)
    array.__dlpack__()  # of who cannot promise not to write
    with pytest.raises(BufferError):
        array.__dlpack__(copy=False)


@EVERY_DRIVER
def test_memory_that_others_see_is_not_used_again(driver: str) -> None:
    f = multiplication(driver).simple_mul
    a = on(driver, A)
    seen = []
    for scale in range(1, 5):
        result = f(a, on(driver, scale * B))
        seen.append((np.asarray(result, copy=False), np.from_dlpack(result)))
        del result
    for scale, views in enumerate(seen, 1):
        for view in views:
            np.testing.assert_array_equal(view, scale * A * B)


def test_text() -> None:
    array = on("interpreter", A)
    assert repr(array) == "<DeviceArray 4xf32 on interpreter>"
    assert str(array) == "[1. 2. 3. 4.]"
    array.delete()
    assert repr(array) == str(array) == "<DeviceArray 4xf32 on interpreter, deleted>"


@EVERY_DRIVER
def test_deleted_arrays_are_refused(driver: str) -> None:
    array = on(driver, A)
    assert not array.is_deleted()
    array.delete()
    array.delete()
    assert array.is_deleted()
    with pytest.raises(FailedPrecondition, match="deleted>: use what that call returned"):
        np.asarray(array)
    with pytest.raises(ArgumentError, match=r"simple_mul: argument 'b' is <DeviceArray 4xf32 on \w+, deleted>: give"):
        multiplication(driver).simple_mul(A, array)


@EVERY_DRIVER
def test_calls_take_and_give_them(driver: str) -> None:
    f = multiplication(driver).simple_mul
    a, b = on(driver, A), on(driver, B)
    for arguments in ((a, b), (a, B), (A, b)):
        result = f(*arguments)
        assert isinstance(result, DeviceArray)
        np.testing.assert_array_equal(result, A * B)
    np.testing.assert_array_equal(f(f(a, b), f(a, a)), A * B * A * A)
    np.testing.assert_array_equal(a, A)
    assert isinstance(f(A, B), np.ndarray)


@EVERY_DRIVER
def test_results_are_never_overwritten(driver: str) -> None:
    f = multiplication(driver).simple_mul
    a = on(driver, A)
    results = [f(a, on(driver, number * B)) for number in range(20)]
    for number, result in enumerate(results):
        np.testing.assert_array_equal(result, number * A * B)


@EVERY_DRIVER
def test_a_result_stays_when_its_inputs_go(driver: str) -> None:
    f = multiplication(driver).simple_mul
    x = on(driver, A)
    one = on(driver, np.ones(4, np.float32))
    for _ in range(50):
        x = f(x, one)
    np.testing.assert_array_equal(x, A)


@EVERY_DRIVER
def test_arguments_that_are_returned_are_copied(driver: str) -> None:
    f = runtime.load_vm_flatbuffer(
        to_bytes(one_function([SEQUENCER.encode("return", (0, 0))], [VECTOR], [VECTOR] * 2)), driver=driver
    ).f
    x = on(driver, A)
    first, second = f(x)
    buffers = {array.buffer.allocated_buffer for array in (x, first, second)}
    assert len(buffers) == 3
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize(
    ("value", "match"),
    [
        (np.zeros(3, np.float32), r"simple_mul: argument 'b' has shape \(3,\), needs \(4,\) \(4xf32\)"),
        (np.zeros(4, np.int32), r"simple_mul: argument 'b' has type int32, needs float32 \(4xf32\): convert it"),
    ],
)
def test_arrays_of_another_type_are_refused(value: np.ndarray, match: str) -> None:
    f = multiplication().simple_mul
    with pytest.raises(ArgumentError, match=match):
        f(A, on("interpreter", value))
    np.testing.assert_array_equal(f(A, B), A * B)


def test_arrays_of_another_device_are_refused() -> None:
    other = create_driver("interpreter").create_device()
    for array in (on("vulkan", A), asdevicearray(other, A)):
        with pytest.raises(ArgumentError, match=r"mul: argument 'a' lies on another device, .*: give np.asarray"):
            multiplication().simple_mul(array, B)


def test_modules_on_one_device_hand_them_on() -> None:
    config = runtime.Config("vulkan")
    module = runtime.VmModule.from_flatbuffer(to_bytes(simple_mul_everywhere()))
    first, second = (runtime.SystemContext([module], config) for _ in range(2))
    x = asdevicearray(config.device, A)
    result = second.modules.math.simple_mul(first.modules.math.simple_mul(x, x), x)
    np.testing.assert_array_equal(result, A**3)


@EVERY_DRIVER
def test_their_memory_is_given_back(driver: str) -> None:
    f = multiplication(driver).simple_mul
    memory = []
    b = on(driver, B)
    for _ in range(20):
        x = on(driver, A)
        memory.append(weakref.ref(x.buffer.allocated_buffer))
        f(x, b)
    del x
    get_device(driver).wait_idle()
    gc.collect()
    assert not any(reference() for reference in memory)


@EVERY_DRIVER
def test_results_use_the_memory_of_results_that_are_gone(driver: str) -> None:
    f = multiplication(driver).simple_mul
    x = on(driver, A)
    seen = {id(f(x, x).buffer.allocated_buffer) for _ in range(20)}
    assert len(seen) <= 2


@EVERY_DRIVER
def test_many_threads_share_arrays(driver: str) -> None:
    f, failures = multiplication(driver).simple_mul, []
    x = on(driver, A)

    def work(number: int) -> None:
        y = on(driver, np.full(4, number, np.float32))
        for _ in range(100):
            if not np.array_equal(f(x, y), number * A):
                failures.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
