"""expand-rng: numbers that differ from call to call are drawn from a state that the module holds as a variable.

    %0 = mhlo.rng %a, %b, %shape, distribution = UNIFORM : (..) -> tensor<4xf32>
  becomes
    %state = ml_program.global_load @iree.random_state : tensor<2xui64>
    %next, %bits = mhlo.rng_bit_generator %state, algorithm = THREE_FRY : (..) -> (tensor<2xui64>, tensor<4xui32>)
    ml_program.global_store @iree.random_state = %next : tensor<2xui64>
    and %a + (%b - %a) times the 24 highest of %bits, as a fraction

Each context starts with the same state: a program draws the same numbers whenever it is loaded, on every driver, and
others in each call. Normal numbers are the inverse of the error function of uniform ones.
"""

import math

import numpy as np
from xdsl.dialects.builtin import AnyFloat, IntegerType, ModuleOp, TensorType, f32

from iree.compiler.dialects import mhlo, ml_program
from iree.compiler.ir.constants import dense
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import ops_of
from iree.compiler.transforms.common.expression import Emitter, Expression, expand, where
from iree.compiler.transforms.input.expand.random_bits.words import UI32, UI64

STATE = "iree.random_state"
_KEY = 0x243F6A8885A308D3  # the digits of pi


class ExpandRng(Pass):
    name = "expand-rng"
    reads = ("builtin", "func", "arith", "math", "mhlo", "ml_program")
    leaves = ("builtin", "func", "arith", "math", "mhlo", "ml_program")

    def run(self, module: ModuleOp) -> None:
        draws = ops_of(module, mhlo.Rng)
        for op in draws:
            _expand(op)
        first = module.body.block.first_op
        if draws and first is not None:
            start = dense(np.array([_KEY, 0], np.uint64))
            state = ml_program.Global(STATE, start.get_type(), start, mutable=True)
            module.body.block.insert_op_before(state, first)


def _expand(op: mhlo.Rng) -> None:
    element, shape = mhlo.element_of(op.result), mhlo.shape_of(op.result)
    is_uniform = op.rng_distribution.data is mhlo.Distribution.UNIFORM

    def build(a: Expression, b: Expression, _: Expression) -> Expression:
        if isinstance(element, IntegerType):
            return _integers(a.broadcast(shape, ()), b.broadcast(shape, ()), element)
        assert isinstance(element, AnyFloat)
        wide = element if element.bitwidth == 64 else f32
        low, high = (each.convert(wide).broadcast(shape, ()) for each in (a, b))
        numbers = _fractions(low, centered=False) if is_uniform else _normal(low)
        if not is_uniform:
            return (low + numbers * high).convert(element)
        drawn = (low + numbers * (high - low)).convert(element)
        return where(drawn < b.broadcast(shape, ()), drawn, a.broadcast(shape, ()))  # rounding may reach b

    expand(op, build)


def _fractions(like: Expression, *, centered: bool) -> Expression:
    """Uniform numbers: multiples of the last bit of 1 in [0, 1), or the middles of steps twice as long in (0, 1)."""
    element = like.element
    assert isinstance(element, AnyFloat)
    bits, width = (53, UI64) if element.bitwidth == 64 else (24, UI32)
    if centered:
        bits -= 1  # half a step must be exact
    drawn = (_bits(like.emitter, width, like.shape) >> (width.bitwidth - bits)).convert(element)
    return (drawn + 0.5 if centered else drawn) * 2.0**-bits


def _normal(like: Expression) -> Expression:
    """Normal numbers of mean 0 and deviation 1; no fraction is 0 or 1, where the inverse is infinite."""
    return (_fractions(like, centered=True) * 2.0 - 1.0).apply(mhlo.ErfInv) * math.sqrt(2.0)


def _integers(low: Expression, high: Expression, element: IntegerType) -> Expression:
    """Uniform ones: low where there is none in [low, high)."""
    width = UI64 if element.bitwidth == 64 else UI32
    span = high.convert(width) - low.convert(width)
    drawn = _bits(low.emitter, width, low.shape) % span
    return where(low < high, low + drawn.convert(element), low)


def _bits(emitter: Emitter, element: IntegerType, shape: tuple[int, ...]) -> Expression:
    state = emitter.add(ml_program.GlobalLoad(STATE, TensorType(UI64, [2])))
    generator = mhlo.RngBitGenerator(state.value, mhlo.Algorithm.THREE_FRY, TensorType(element, shape))
    emitter.ops += [generator, ml_program.GlobalStore(STATE, generator.output_state)]
    return Expression(emitter, generator.output)
