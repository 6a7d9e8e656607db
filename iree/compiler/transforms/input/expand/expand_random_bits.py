"""expand-random-bits: random bits are computed from the state with integer arithmetic, bit for bit as by XLA.

    %1, %2 = mhlo.rng_bit_generator %0, algorithm = THREE_FRY : (tensor<2xui64>) -> (tensor<2xui64>, tensor<8xui32>)
  becomes
    20 rounds of additions, rotations and exclusive ors of tensor<4xui32>, and the state with its counter 4 further

    THREE_FRY         state: key, counter                     two words of 32 bits for each counter
    PHILOX, DEFAULT   state: key, counter (128 bits, or 64)   four words for each counter

Of a counter of 64 bits the upper 64 are the key, as XLA has it.
CompileError: the state is not two ui64, or three of Philox; the bits are to be something else than integers.
"""

from collections.abc import Sequence

from xdsl.dialects.builtin import IntegerType, ModuleOp

from iree.compiler.dialects import mhlo
from iree.compiler.ir.diagnostics import fail
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import ops_of
from iree.compiler.transforms.common.expression import Expression, concatenate, expand
from iree.compiler.transforms.input.expand.random_bits import philox, threefry
from iree.compiler.transforms.input.expand.random_bits.words import UI32, UI64, Words, joined, plus, words_of


class ExpandRandomBits(Pass):
    name = "expand-random-bits"
    reads = ("builtin", "func", "arith", "math", "mhlo")
    leaves = ("builtin", "func", "arith", "math", "mhlo")

    def run(self, module: ModuleOp) -> None:
        for op in ops_of(module, mhlo.RngBitGenerator):
            _expand(op)


def _expand(op: mhlo.RngBitGenerator) -> None:
    algorithm = op.rng_algorithm.data
    is_threefry = algorithm is mhlo.Algorithm.THREE_FRY
    sizes = (2,) if is_threefry else (2, 3)
    state_type, element, shape = mhlo.tensor(op.initial_state), mhlo.element_of(op.output), mhlo.shape_of(op.output)
    if state_type.element_type != UI64 or state_type.get_shape() not in [(size,) for size in sizes]:
        wanted = " or ".join(f"tensor<{size}xui64>" for size in sizes)
        fail(op, f"the state of {algorithm.value} is {wanted}, not {state_type}")
    if not isinstance(element, IntegerType) or element.bitwidth not in (8, 16, 32, 64):
        fail(op, f"gives integers of 8 to 64 bits, not {element}; ask for the bits of a float and convert them")
    generator = threefry if is_threefry else philox
    in_shape = generator.pairs_in_shape if element.bitwidth == 64 else generator.words_in_shape

    def build(state: Expression) -> Sequence[Expression]:
        parts = [state.slice(0, index, index + 1).reshape(()) for index in range(state.shape[0])]
        key, *counters = map(words_of, parts)
        counter: Words = [word for words in counters for word in words]
        bits, count = in_shape(key, counter if is_threefry or len(parts) == 3 else counter + key, shape)
        after = plus(counter, counter[0].like(count))
        moved = [joined(after[index : index + 2]).reshape((1,)) for index in range(0, len(after), 2)]
        return concatenate([state.slice(0, 0, 1), *moved], 0), _narrowed(bits, element).reshape(shape)

    expand(op, build)


def _narrowed(bits: Expression, element: IntegerType) -> Expression:
    """The lowest bits of each word, as the element type."""
    width = element.bitwidth
    if width < UI32.bitwidth:
        bits = bits & (2**width - 1)
    return bits.convert(element)
