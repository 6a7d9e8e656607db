"""Copies the scalar body of a nest to another place, op by op through an emitter, which folds and shares on the way."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from xdsl.dialects import arith, scf, tensor
from xdsl.dialects.builtin import FloatAttr, IntegerAttr
from xdsl.dialects.linalg import ops as linalg
from xdsl.ir import Block, Operation, SSAValue

from iree.compiler.kernels.emitter import Emitter

Replace = Callable[[Operation, Sequence[SSAValue]], SSAValue | None]


@dataclass
class BodyCloner:
    """How a body reads its surroundings where it is copied to.

    `index` gives the position along a loop, `extract` an element of a tensor; `replace`, where it returns a value, what
    stands for an op.
    """

    emitter: Emitter
    index: Callable[[int], SSAValue]
    extract: Callable[[SSAValue, Sequence[SSAValue]], SSAValue]
    replace: Replace = lambda op, operands: None

    def clone(self, block: Block, arguments: Sequence[SSAValue]) -> list[SSAValue]:
        """Copies a body; the values that its terminator hands out."""
        return self._block(block, dict(zip(block.args, arguments, strict=True)))

    def _block(self, block: Block, values: dict[SSAValue, SSAValue]) -> list[SSAValue]:
        for op in block.ops:
            if isinstance(op, linalg.YieldOp | scf.YieldOp):
                return [values[value] for value in op.operands]
            self.emitter.location = op.location
            values |= dict(zip(op.results, self._op(op, values), strict=True))
        raise AssertionError("a body ends with a yield")

    def _op(self, op: Operation, values: dict[SSAValue, SSAValue]) -> list[SSAValue]:
        operands = [values.get(value, value) for value in op.operands]
        if (replaced := self.replace(op, operands)) is not None:
            return [replaced]
        match op:
            case arith.ConstantOp():
                assert isinstance(op.value, IntegerAttr | FloatAttr)
                return [self.emitter.constant_of(op.value)]
            case linalg.IndexOp():
                return [self.index(op.dim.value.data)]
            case tensor.ExtractOp():
                return [self.extract(op.tensor, operands[1:])]
            case scf.ForOp():
                return self._loop(op, operands, values)
        extra = {name: value for name, value in op.properties.items() if name == "predicate"}
        return [self.emitter.pure(op.name, operands, op.results[0].type, **extra)]

    def _loop(self, op: scf.ForOp, operands: Sequence[SSAValue], values: dict[SSAValue, SSAValue]) -> list[SSAValue]:
        block = op.body.block
        lower, upper, step, *initial = operands

        def body(counter: SSAValue, carried: Sequence[SSAValue]) -> list[SSAValue]:
            return self._block(block, values | dict(zip(block.args, [counter, *carried], strict=True)))

        return self.emitter.loop(lower, upper, step, initial, body)
