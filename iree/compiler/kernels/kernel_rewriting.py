"""KernelRewriter: copies scheduled kernels op by op, where what a value becomes may have another type, or be several.

A pass after schedule-kernels is a subclass that says what becomes of types, loads, stores and scalars. Loops and guards
are copied here; equal ops are shared and constants folded again on the way.
"""

from collections.abc import Sequence

from xdsl.dialects import gpu, memref, scf
from xdsl.dialects.arith import ConstantOp
from xdsl.dialects.builtin import FloatAttr, FunctionType, IntegerAttr, MemRefType
from xdsl.dialects.func import FuncOp
from xdsl.ir import Attribute, Block, Operation, Region, SSAValue

from iree.compiler.dialects.iree import Return
from iree.compiler.kernels.emitter import Emitter


class KernelRewriter:
    """One kernel on its way. `values` has what each old value became."""

    def __init__(self, function: FuncOp) -> None:
        self.function = function
        old = function.body.block
        self.block = Block(arg_types=[self.buffer_type(argument.type) for argument in old.args])
        self.emitter = Emitter(self.block, function.location)
        self.values: dict[SSAValue, list[SSAValue]] = {}
        for argument, new in zip(old.args, self.block.args, strict=True):
            new.name_hint, new.location = argument.name_hint, argument.location
            self.values[argument] = [new]

    def rewrite(self) -> None:
        """Puts the copy in place of the function's body."""
        self._copy(self.function.body.block)
        self.emitter.drop_unused()
        self.function.detach_region(self.function.body)
        self.function.add_region(Region(self.block))
        types = [argument.type for argument in self.block.args]
        self.function.properties["function_type"] = FunctionType.from_lists(types, [])

    # What a subclass may say.

    def buffer_type(self, type_: Attribute) -> Attribute:
        """What a buffer becomes."""
        return type_

    def load(self, op: memref.LoadOp) -> None:
        """Copies a load."""
        self.define(op.res, self.emitter.load(self.value(op.memref), [self.value(index) for index in op.indices]))

    def store(self, op: memref.StoreOp) -> None:
        """Copies a store."""
        target = self.value(op.memref)
        self.emitter.store(self.value(op.value), target, [self.value(index) for index in op.indices])

    def scalar(self, op: Operation) -> None:
        """Copies an op without side effects."""
        if isinstance(op, ConstantOp):
            assert isinstance(op.value, IntegerAttr | FloatAttr)
            self.define(op.result, self.emitter.constant_of(op.value))
            return
        extra = {name: value for name, value in op.properties.items() if name == "predicate"}
        operands = [self.value(operand) for operand in op.operands]
        self.define(op.results[0], self.emitter.pure(op.name, operands, op.results[0].type, **extra))

    def carried(self, value: SSAValue) -> list[SSAValue]:
        """What a loop carries for a value."""
        return self.values[value]

    # What it may use.

    def value(self, old: SSAValue) -> SSAValue:
        """The one value that an old one became."""
        (new,) = self.values[old]
        return new

    def define(self, old: SSAValue, *new: SSAValue) -> None:
        """States what an old value became."""
        self.values[old] = list(new)

    # Inside.

    def _copy(self, block: Block) -> None:
        for op in block.ops:
            self.emitter.location = op.location
            match op:
                case memref.LoadOp():
                    self.load(op)
                case memref.StoreOp():
                    self.store(op)
                case memref.AllocaOp():
                    self._array(op)
                case scf.ForOp():
                    self._loop(op)
                case scf.IfOp():
                    self.emitter.guard(self.value(op.cond), lambda op=op: self._copy(op.true_region.block))  # type: ignore[misc]
                case gpu.GlobalIdOp():
                    self.define(op.result, self.emitter.global_id(op.dimension.data.value))
                case Return():
                    self.emitter.append(Return())
                case scf.YieldOp():
                    pass  # its loop or guard asks for what it hands out
                case _:
                    self.scalar(op)

    def _array(self, op: memref.AllocaOp) -> None:
        type_ = self.buffer_type(op.memref.type)
        assert isinstance(type_, MemRefType)
        self.define(op.memref, self.emitter.array(type_))

    def _loop(self, op: scf.ForOp) -> None:
        block = op.body.block
        initial = [self.carried(value) for value in op.iter_args]
        counts = [len(values) for values in initial]

        def body(counter: SSAValue, carried: Sequence[SSAValue]) -> Sequence[SSAValue]:
            self.define(block.args[0], counter)
            self._define_all(block.args[1:], counts, carried)
            self._copy(block)
            assert block.last_op is not None
            return [new for value in block.last_op.operands for new in self.carried(value)]

        bounds = (self.value(op.lb), self.value(op.ub), self.value(op.step))
        results = self.emitter.loop(*bounds, [value for values in initial for value in values], body)
        self._define_all(op.results, counts, results)

    def _define_all(self, old: Sequence[SSAValue], counts: Sequence[int], new: Sequence[SSAValue]) -> None:
        start = 0
        for value, count in zip(old, counts, strict=True):
            self.define(value, *new[start : start + count])
            start += count
