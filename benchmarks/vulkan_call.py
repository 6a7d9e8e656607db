"""What a call costs on Vulkan: one simple_mul, and 100 chained matmuls, in every way to call them, against a bare loop.

    LP_NUM_THREADS=0 ./bazelw run //benchmarks:vulkan_call

All submit the same recorded command buffer, or one of the same commands, and wait for it, in turns, in one process; the
ratios of the medians are what to look at. The HAL alone is between the two: what a call adds to it is the VM's.
"""

import argparse
from collections.abc import Callable, Sequence
from typing import Any, cast
from unittest import mock

import numpy as np

import iree.compiler
import iree.runtime
from benchmarks import measure
from benchmarks.interpreter_call import SIMPLE_MUL, chain_text
from benchmarks.vulkan_submit import bare, through_the_hal
from iree.hal.command_buffer import CommandBuffer
from iree.hal.command_queue import CommandQueue
from iree.hal.fence import FenceValue
from iree.hal.submission_batch import SubmissionBatch
from iree.hal.vulkan.command_buffer import VulkanCommandBuffer
from iree.hal.vulkan.device import VulkanDevice


def submitted_by(call: Callable[[], object]) -> CommandBuffer:
    """The command buffer that a call submits."""
    seen: list[CommandBuffer] = []
    submit = CommandQueue.submit

    def watched(queue: CommandQueue, batches: Sequence[SubmissionBatch], fence: FenceValue | None = None) -> None:
        seen.extend(commands for batch in batches for commands in batch.command_buffers)
        submit(queue, batches, fence)

    with mock.patch.object(CommandQueue, "submit", watched):
        call()
    (commands,) = seen
    return commands


def ways(text: str, name: str, arrays: Sequence[Any]) -> dict[str, Callable[[], object]]:
    """Every way to have a program's work done, the bare one first; all give what NumPy arrays give."""
    data = iree.compiler.compile_str(text, target_backends=["vulkan-spirv"])
    function = iree.runtime.load_vm_flatbuffer(data, driver="vulkan")[name]
    device = cast(VulkanDevice, function.device)
    on_device = [iree.runtime.asdevicearray(device, array) for array in arrays]
    commands = submitted_by(lambda: function(*arrays))
    np.testing.assert_array_equal(function(*on_device), function(*arrays))
    return {
        f"{name}, bare Vulkan": bare(device.logical, cast(VulkanCommandBuffer, commands).recording),
        f"{name}, the HAL": through_the_hal(device, commands),
        f"{name}, NumPy arrays": lambda: np.asarray(function(*arrays)),
        f"{name}, arrays on the device": lambda: function(*on_device),
        f"{name}, async": lambda: function.invoke_async(*on_device).result(),
    }


def main() -> None:
    """Prints one line for each way."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--repeats", type=int, default=50)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    a, b = np.array([[1, 2, 3, 4], [5, 6, 7, 8]], np.float32)
    rows = {}
    for text, name, arrays in (
        (SIMPLE_MUL, "simple_mul", [a, b]),
        (chain_text(), "chain", [np.eye(8, dtype=np.float32)] * 2),
    ):
        calls = ways(text, name, arrays)
        times = measure.in_turns(list(calls.values()), options.rounds, options.repeats)
        found = [measure.summary(each) for each in times]
        for way, row in zip(calls, found, strict=True):
            rows[way] = {**row, "ratio": row["median_us"] / found[0]["median_us"]}
    measure.show(rows, options.json)


if __name__ == "__main__":
    main()
