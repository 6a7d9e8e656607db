"""Lowering: what the rules of lower-to-linalg share, the function being made and what each old value became."""

from collections.abc import Callable, Sequence

from xdsl.dialects import tensor
from xdsl.dialects.builtin import TensorType
from xdsl.ir import Attribute, Block, Operation, SSAValue
from xdsl.ir.affine import AffineMap

from iree.compiler.ir.rewriting import inherit
from iree.compiler.kernels.emitter import Number
from iree.compiler.kernels.nests import Body, Fill, Nest, Read, Source, element_of, shape_of
from iree.compiler.kernels.scalar import Scalar
from iree.compiler.kernels.scalar_bodies import signless


class Lowering:
    """Appends to a function's new block. Old values are the program's tensors, new ones those of nests, or numbers."""

    def __init__(self, block: Block, values: dict[SSAValue, SSAValue]) -> None:
        self._block = block
        self._values = values
        self._numbers: dict[SSAValue, Number] = {}

    def value(self, old: SSAValue) -> SSAValue:
        """The new value; a nest is made of a number that has to be a tensor."""
        if old not in self._values:
            number = self._numbers[old]
            owner = old.owner
            assert isinstance(owner, Operation)
            self.nest(owner, shape_of(old), [number], lambda body: body.values)
        return self._values[old]

    def read(self, old: SSAValue, map_: AffineMap) -> Source:
        """`old` through an index map."""
        number = self._numbers.get(old)
        return Read(self._values[old], map_) if number is None else number

    def element(self, body: Body, old: SSAValue, indices: Sequence[Scalar]) -> Scalar:
        """One element of `old`, picked by the body of a nest."""
        if (number := self._numbers.get(old)) is not None:
            return Scalar(body.emitter, body.emitter.constant_of(number))
        return Scalar(body.emitter, body.emitter.extract(self._values[old], [index.value for index in indices]))

    def set_number(self, old: SSAValue, number: Number) -> None:
        """States that all elements of `old` are `number`."""
        self._numbers[old] = number

    def append(self, old: Operation, *new: Operation) -> None:
        """Adds ops, at the source location of `old`."""
        for op in new:
            self._block.add_op(inherit(op, old))

    def replace(self, old: Operation, *new: Operation) -> None:
        """Adds ops; the results of the last one stand for those of `old`."""
        self.append(old, *new)
        for before, after in zip(old.results, new[-1].results, strict=True):
            after.name_hint = before.name_hint
            self._values[before] = after

    def alias(self, old: Operation, values: Sequence[SSAValue]) -> None:
        """Lets new values that are there already stand for the results of `old`."""
        self._values |= dict(zip(old.results, values, strict=True))

    def nest(
        self,
        old: Operation,
        parallel: Sequence[int],
        sources: Sequence[Source],
        fill: Fill,
        reduction: Sequence[int] = (),
        outs: Sequence[SSAValue] = (),
    ) -> None:
        """Replaces `old` by a nest."""
        elements = [signless(element_of(result)) for result in old.results]
        self.replace(old, *Nest(parallel, reduction, sources, elements, fill, outs, old.location).build())

    def temporary(
        self, old: Operation, element: Attribute, shape: Sequence[int], sources: Sequence[Source], fill: Fill
    ) -> SSAValue:
        """The result of a parallel nest that no old value stands for."""
        new = Nest(shape, (), sources, [signless(element)], fill, (), old.location).build()
        self.append(old, *new)
        return new[-1].results[0]

    def stand_in(self, old: SSAValue) -> None:
        """Gives a value that could not be lowered something that later ops can refer to."""
        op = tensor.EmptyOp([], TensorType(signless(element_of(old)), shape_of(old)))
        self._block.add_op(op)
        self._values[old] = op.results[0]


Rule = Callable[[Lowering, Operation], None]
