"""What the schedule of loops has to know of a processor. All costs and limits are here, none in the passes."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LoopParameters:
    """How a kernel's loops are cut so that a C compiler keeps what is used again in registers.

    The defaults suit 16 vector registers of 8 floats (AVX2), and are within a few percent on wider ones.

    `lanes`: neighbouring results that one instruction computes; partial sums that are made side by side.
    `block`: neighbouring results that are accumulated side by side, where rows share what they read.
    `rows`: rows of such blocks that are accumulated together.
    `long_block`: results that are accumulated side by side in a row of its own: what the first cache holds with ease.
    `near`: numbers that stay in the first cache while results of several rows are computed.
    `unrolled`: steps of a reduction that are written one after the other, if lanes have nothing in common in them.
    `steps`: of a reduction between two stores of what is accumulated, where there is one row.
    `sum_block`: how many floats are summed in sequence; longer sums are made of such sums, for accuracy.
    `most_code`: scalar operations in the body of one loop, at most, by unrolling.
    """

    lanes: int = 8
    block: int = 32
    rows: int = 4
    long_block: int = 512
    near: int = 8192
    unrolled: int = 16
    steps: int = 4
    sum_block: int = 1024
    most_code: int = 256
