"""One function of a spirv.module as words.

Blocks come in the order they stand. A loop or selection is flattened: its first block goes on in the block before it,
its merge block goes on after it. A block argument is an OpPhi, whose sources are filled in as the branches to it come.
"""

from collections.abc import Sequence

from xdsl.dialects.func import FuncOp
from xdsl.ir import Block, Operation, SSAValue

from iree.compiler.dialects.spirv import arithmetic, control_flow, memory, structure
from iree.compiler.dialects.spirv.dialect import ARITHMETIC_OPS, GL_OPS, LOGICAL_OPS
from iree.compiler.dialects.spirv.types import FUNCTION, STORAGE_CLASSES
from iree.compiler.ir.diagnostics import fail
from iree.compiler.targets.spirv.binary import Binary, Section, instruction
from iree.compiler.targets.spirv.opcodes import Decoration, Op

# A driver may not turn these into a fused or reordered form: results are the same on every device.
_UNCONTRACTED = (arithmetic.FAdd, arithmetic.FSub, arithmetic.FMul, arithmetic.FDiv, arithmetic.FNegate)


class FunctionWriter:
    """Writes one function. `globals` are the ids of the module's variables by name."""

    def __init__(self, binary: Binary, global_ids: dict[str, int]):
        self._binary = binary
        self._globals = global_ids
        self._values: dict[SSAValue, int] = {}
        self._labels: dict[Block, int] = {}
        self._phis: dict[Block, list[list[int]]] = {}
        self._code: list[tuple[int, list[int]]] = []  # (number, operands); a phi's operands grow
        self._variables: list[tuple[int, list[int]]] = []
        self._block = 0  # label of the block being written

    def write(self, function: FuncOp, function_id: int) -> None:
        """Writes the function under this id."""
        void, function_type = self._binary.void_function_type_id()
        self._open(self._label(function.body.blocks[0]))
        for block in function.body.blocks:
            for op in block.ops:
                self._write(op)
        first, *rest = self._code
        words = instruction(Op.FUNCTION, (void, function_id, 0, function_type))
        for number, operands in (first, *self._variables, *rest):
            words += instruction(number, operands)
        self._binary.append(Section.FUNCTIONS, words + instruction(Op.FUNCTION_END, ()))

    def _write(self, op: Operation) -> None:
        match op:
            case control_flow.Loop() | control_flow.Selection():
                self._write_structured(op)
            case control_flow.Branch():
                self._flow(op.target, op.values)
                self._emit(Op.BRANCH, self._label(op.target))
            case control_flow.BranchConditional():
                self._flow(op.true_target, op.true_values)
                self._flow(op.false_target, op.false_values)
                targets = (self._label(op.true_target), self._label(op.false_target))
                self._emit(Op.BRANCH_CONDITIONAL, self._id(op.condition), *targets)
            case control_flow.Return():
                self._emit(Op.RETURN)
            case control_flow.Merge():
                pass  # its values stand for the results of the loop or selection
            case _:
                self._write_instruction(op)

    def _write_instruction(self, op: Operation) -> None:
        match op:
            case structure.AddressOf():
                self._values[op.pointer] = self._globals[op.variable.root_reference.data]
            case memory.Constant():
                self._values[op.result] = self._binary.constant_id(op.value)
            case memory.Variable():
                storage_class = [STORAGE_CLASSES[FUNCTION]]
                self._variables.append((Op.VARIABLE, self._result(op) + storage_class))
            case memory.Store():
                self._emit(Op.STORE, self._id(op.pointer), self._id(op.value))
            case memory.Load():
                self._emit(Op.LOAD, *self._result(op), self._id(op.pointer))
            case memory.AccessChain():
                self._emit(Op.ACCESS_CHAIN, *self._result(op), *self._ids(op.operands))
            case memory.CompositeExtract():
                indices = (index.data for index in op.indices)
                self._emit(Op.COMPOSITE_EXTRACT, *self._result(op), self._id(op.composite), *indices)
            case _:
                self._write_computation(op)

    def _write_computation(self, op: Operation) -> None:
        if isinstance(op, GL_OPS):
            operands = (self._binary.glsl_id(), op.NUMBER, *self._ids(op.operands))
            self._emit(Op.EXT_INST, *self._result(op), *operands)
        elif isinstance(op, ARITHMETIC_OPS + LOGICAL_OPS):
            result = self._result(op)
            self._emit(op.OPCODE, *result, *self._ids(op.operands))
            if isinstance(op, _UNCONTRACTED):
                self._binary.decorate(result[1], Decoration.NO_CONTRACTION)
        else:
            fail(op, "has no SPIR-V words; a function of a spirv.module holds spirv ops only")

    def _write_structured(self, op: control_flow.Loop | control_flow.Selection) -> None:
        first, *rest = op.body.blocks
        merge = op.merge_block
        if isinstance(op, control_flow.Loop):
            decision, kind = op.header_block, Op.LOOP_MERGE
            operands = [self._label(merge), self._label(op.continue_block), 0]
        else:
            decision, kind, operands = first, Op.SELECTION_MERGE, [self._label(merge), 0]
        for block in (first, *rest):
            if block is not first:
                self._open_block(block)
            for inner in block.ops:
                if block is decision and inner is block.last_op:
                    self._emit(kind, *operands)
                self._write(inner)
        assert merge.last_op is not None
        for result, value in zip(op.results, merge.last_op.operands, strict=True):
            self._values[result] = self._id(value)

    def _open(self, label: int) -> None:
        self._block = label
        self._emit(Op.LABEL, label)

    def _open_block(self, block: Block) -> None:
        self._open(self._label(block))
        for phi in self._phis_of(block):
            self._code.append((Op.PHI, phi))

    def _flow(self, target: Block, values: Sequence[SSAValue]) -> None:
        """Records that control goes from here to `target` with these values."""
        for phi, value in zip(self._phis_of(target), values, strict=True):
            phi.extend((self._id(value), self._block))

    def _phis_of(self, block: Block) -> list[list[int]]:
        if block not in self._phis:
            self._phis[block] = []
            for argument in block.args:
                self._values[argument] = self._binary.new_id()
                self._phis[block].append([self._binary.type_id(argument.type), self._values[argument]])
        return self._phis[block]

    def _label(self, block: Block) -> int:
        if block not in self._labels:
            self._labels[block] = self._binary.new_id()
        return self._labels[block]

    def _result(self, op: Operation) -> list[int]:
        result = op.results[0]
        self._values[result] = self._binary.new_id()
        return [self._binary.type_id(result.type), self._values[result]]

    def _id(self, value: SSAValue) -> int:
        return self._values[value]

    def _ids(self, values: Sequence[SSAValue]) -> list[int]:
        return [self._values[value] for value in values]

    def _emit(self, number: int, *operands: int) -> None:
        self._code.append((number, list(operands)))
