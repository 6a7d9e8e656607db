"""What a call costs on Vulkan: one simple_mul in every way to call it, against a bare loop over Vulkan.

    LP_NUM_THREADS=0 ./bazelw run //benchmarks:vulkan_call

All submit the same recorded command buffer, or one of the same commands, and wait for it, in turns, in one process; the
ratios of the medians are what to look at. The HAL alone is between the two: what a call adds to it is the VM's.
"""

import argparse
from collections.abc import Callable, Sequence
from typing import cast

import numpy as np

import iree.compiler
import iree.runtime
from benchmarks import measure
from benchmarks.interpreter_call import SIMPLE_MUL
from benchmarks.vulkan_submit import bare, through_the_hal
from iree.hal.command_buffer import CommandBuffer
from iree.hal.command_queue import CommandQueue
from iree.hal.fence import FenceValue
from iree.hal.submission_batch import SubmissionBatch
from iree.hal.vulkan.command_buffer import VulkanCommandBuffer
from iree.hal.vulkan.device import VulkanDevice


def submitted_by(queue: CommandQueue, call: Callable[[], object]) -> CommandBuffer:
    """The command buffer that a call submits."""
    seen: list[CommandBuffer] = []
    submit = queue.submit

    def watched(batches: Sequence[SubmissionBatch], fence: FenceValue | None = None) -> None:
        seen.extend(commands for batch in batches for commands in batch.command_buffers)
        submit(batches, fence)

    queue.submit = watched  # type: ignore[method-assign]
    try:
        call()
    finally:
        queue.submit = submit  # type: ignore[method-assign]
    (commands,) = seen
    return commands


def main() -> None:
    """Prints one line for each way."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--repeats", type=int, default=50)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    data = iree.compiler.compile_str(SIMPLE_MUL, target_backends=["vulkan-spirv"])
    function = iree.runtime.load_vm_flatbuffer(data, driver="vulkan").simple_mul
    device = cast(VulkanDevice, function.device)
    a, b = np.array([[1, 2, 3, 4], [5, 6, 7, 8]], np.float32)
    x, y = (iree.runtime.asdevicearray(device, array) for array in (a, b))
    commands = submitted_by(device.dispatch_queues[0], lambda: function(a, b))
    calls: dict[str, Callable[[], object]] = {
        "bare Vulkan": bare(device.logical, cast(VulkanCommandBuffer, commands).recording),
        "the HAL": through_the_hal(device, commands),
        "NumPy arrays in and out": lambda: np.asarray(function(a, b)),
        "arrays on the device": lambda: function(x, y),
        "arrays on the device, async": lambda: function.invoke_async(x, y).result(),
    }
    np.testing.assert_array_equal(function(x, y), a * b)
    found = map(measure.summary, measure.in_turns(list(calls.values()), options.rounds, options.repeats))
    rows = dict(zip(calls, found, strict=True))
    for row in rows.values():
        row["ratio"] = row["median_us"] / rows["bare Vulkan"]["median_us"]
    measure.show(rows, options.json)


if __name__ == "__main__":
    main()
