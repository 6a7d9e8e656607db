"""What a target's devices cost and allow, for the passes that decide before any target compiles: all their numbers.

Times are microseconds. A step is one simple operation on one element. Numbers are those of a typical device; what is
decided by them makes programs faster or slower, never right or wrong.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class TargetDescription:
    """One kind of device.

    `launch`: what a dispatch takes beside its work.
    `bytes_per_us`: what memory gives and takes.
    `steps_per_us`: of all lanes together.
    `products_per_us`: of contractions and windows, whose products share what they read.
    `load_steps`: how many steps it takes to read an element.
    `lanes`: how many invocations have to run for all of the device to work.
    `computes_once`: whether each op of a dispatch writes its result down before the next one reads it. Otherwise its
      elements are computed where they are read, as often as they are.
    `longest_row`: how many elements one invocation may go through, over all loops together.
    `max_bindings`: how many buffers a dispatch may use.
    """

    name: str
    launch: float
    bytes_per_us: float
    steps_per_us: float
    products_per_us: float
    load_steps: float
    lanes: int
    computes_once: bool = False
    longest_row: int = 2**15
    max_bindings: int = 16
