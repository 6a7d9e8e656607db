"""The VM and the generated class ask the HAL for the same: call for call, on a device that writes them down.

What differs, and why:

  when memory is reserved and executables are prepared    the class does that when it is made, the VM when it is called
  the first barrier    calls of the class that are in flight share its memory, each of the VM's has its own
  control flow    the VM makes one row of commands of all that a loop calls, the class one for each function: the same
                  dispatches, in the same order, between the same waits
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

import iree.runtime
from iree.testing.generated_python import generate
from iree.testing.recording_device import RecordingDevice

ONE_DISPATCH = """
func.func @f(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
  %0 = stablehlo.multiply %a, %b : tensor<4xf32>
  return %0 : tensor<4xf32>
}
"""
CHAIN = """
func.func @f(%a: tensor<4x8xf32>, %b: tensor<8x8xf32>) -> (tensor<4x8xf32>, tensor<4x8xf32>) {
  %k = stablehlo.constant dense<[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]> : tensor<8xf32>
  %c = stablehlo.broadcast_in_dim %k, dims = [1] : (tensor<8xf32>) -> tensor<4x8xf32>
  %0 = stablehlo.dot_general %a, %b, contracting_dims = [1] x [0]
    : (tensor<4x8xf32>, tensor<8x8xf32>) -> tensor<4x8xf32>
  %1 = stablehlo.dot_general %0, %b, contracting_dims = [1] x [0]
    : (tensor<4x8xf32>, tensor<8x8xf32>) -> tensor<4x8xf32>
  %2 = stablehlo.add %1, %c : tensor<4x8xf32>
  %3 = stablehlo.dot_general %2, %b, contracting_dims = [1] x [0]
    : (tensor<4x8xf32>, tensor<8x8xf32>) -> tensor<4x8xf32>
  return %3, %a : tensor<4x8xf32>, tensor<4x8xf32>
}
"""
COUNTER = """
ml_program.global private mutable @count(dense<0> : tensor<i32>) : tensor<i32>
func.func @f(%by: tensor<i32>) -> tensor<i32> {
  %before = ml_program.global_load @count : tensor<i32>
  %after = stablehlo.add %before, %by : tensor<i32>
  ml_program.global_store @count = %after : tensor<i32>
  return %before : tensor<i32>
}
"""
LOOP = """
func.func @f(%n: tensor<i32>, %x: tensor<4xf32>) -> tensor<4xf32> {
  %zero = stablehlo.constant dense<0> : tensor<i32>
  %one = stablehlo.constant dense<1> : tensor<i32>
  %0:2 = stablehlo.while(%i = %zero, %y = %x) : tensor<i32>, tensor<4xf32>
   cond {
    %1 = stablehlo.compare LT, %i, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
    stablehlo.return %1 : tensor<i1>
  } do {
    %1 = stablehlo.add %i, %one : tensor<i32>
    %2 = stablehlo.add %y, %x : tensor<4xf32>
    stablehlo.return %1, %2 : tensor<i32>, tensor<4xf32>
  }
  return %0#1 : tensor<4xf32>
}
"""


class Calls(NamedTuple):
    """What one way of running asked of its device: when first called, and when called again."""

    first: list[str]
    again: list[str]
    work: list[str]  # dispatches and waits of both


def run(text: str, folder: Path, *arguments: np.ndarray) -> tuple[Calls, Calls]:
    """The VM's calls and those of the class, for one program; their results are equal."""
    made = generate(text, folder, target_backends=("interpreter-bytecode",))
    on_vm, on_class = RecordingDevice(), RecordingDevice()
    config = iree.runtime.Config(device=on_vm)
    module = iree.runtime.load_vm_module(iree.runtime.VmModule.from_flatbuffer(made.module_file), config)
    found = []
    for device, function in ((on_vm, module.f), (on_class, made.create(on_class).f)):
        results = [function(*arguments)]
        first = device.take_log()
        results.append(function(*arguments))
        found.append((Calls(first, device.take_log(), device.work), results))
    (vm, expected), (cls, got) = found
    for want, have in zip(expected, got, strict=True):
        np.testing.assert_array_equal(np.asarray(have), np.asarray(want))
    return vm, cls


def made(lines: list[str]) -> list[str]:
    """What has no place in time: what is made, in whatever order."""
    return sorted(line for line in lines if line.startswith(("allocate", "wrap", "prepare", "create")))


def done(lines: list[str]) -> list[str]:
    """What is recorded, submitted and waited for, in order."""
    return [line for line in lines if not line.startswith(("allocate", "wrap", "prepare", "create"))]


def test_one_dispatch(tmp_path: Path) -> None:
    vm, cls = run(ONE_DISPATCH, tmp_path, np.float32([1, 2, 3, 4]), np.float32([5, 6, 7, 8]))
    assert made(cls.first) == made(vm.first)
    assert done(cls.first) == done(vm.first)
    assert [line.partition(" ")[0] for line in done(cls.first)] == [
        "begin",
        "dispatch",
        "barrier",
        "end",
        "submit",
        "wait",
    ]
    assert cls.again == vm.again
    assert len(cls.again) == 2


def without_leading_barrier(lines: list[str]) -> list[str]:
    """The calls without what keeps calls in flight apart."""
    start = next(number for number, line in enumerate(lines) if line.startswith("begin"))
    assert lines[start + 1].startswith("barrier DISPATCH|TRANSFER before DISPATCH|TRANSFER")
    return lines[: start + 1] + lines[start + 2 :]


@pytest.mark.parametrize(("text", "shapes"), [(CHAIN, [(4, 8), (8, 8)]), (COUNTER, [()])])
def test_memory_of_its_own(text: str, shapes: list[tuple[int, ...]], tmp_path: Path) -> None:
    dtype = np.int32 if text == COUNTER else np.float32
    vm, cls = run(text, tmp_path, *(np.ones(shape, dtype) for shape in shapes))
    assert made(cls.first) == made(vm.first)
    assert without_leading_barrier(done(cls.first)) == done(vm.first)
    assert cls.again == vm.again


def test_control_flow(tmp_path: Path) -> None:
    vm, cls = run(LOOP, tmp_path, np.asarray(3, np.int32), np.ones(4, np.float32))
    assert cls.work == vm.work
    assert cls.work.count("wait") == 2 * (4 + 1)  # whether to go on, four times, and the end
