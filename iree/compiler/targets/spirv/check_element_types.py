"""check-element-types: refuse elements that the SPIR-V target does not compile, all of them in one report.

    model.mlir:3:10: mhlo.add: tensor<4xf80> is not compiled for vulkan-spirv, which has i1, ..; target
    interpreter-bytecode compiles it

Changes nothing. Comes first, while ops are still the user's own.
"""

from collections.abc import Iterator

from xdsl.dialects.builtin import (
    ComplexType,
    IntegerType,
    MemRefType,
    ModuleOp,
    Signedness,
    TensorType,
    bf16,
    f16,
    f32,
    f64,
    i1,
)
from xdsl.dialects.func import FuncOp
from xdsl.ir import Attribute, Operation

from iree.compiler.dialects import iree
from iree.compiler.ir.diagnostics import CompileError, op_error, raise_all
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import ops_of

ELEMENT_TYPES: tuple[Attribute, ...] = (
    i1,
    *(IntegerType(bits) for bits in (8, 16, 32, 64)),
    *(IntegerType(bits, Signedness.UNSIGNED) for bits in (8, 16, 32, 64)),
    f16,
    bf16,
    f32,
    f64,
    ComplexType(f32),
    ComplexType(f64),
)


class CheckElementTypes(Pass):
    """An op is refused for the first of its operands and results that cannot be compiled."""

    name = "check-element-types"
    reads = ("builtin", "func", "iree", "arith", "math", "mhlo")
    leaves = reads

    def run(self, module: ModuleOp) -> None:
        raise_all([error for function in ops_of(module, FuncOp) for error in _function_errors(function)])


def _function_errors(function: FuncOp) -> list[CompileError]:
    """Ops say more than what loads their operands; a function that only moves buffers has but those."""
    ops = list(function.body.walk())
    errors = list(_errors(op for op in ops if not isinstance(op, iree.LoadInput | iree.StoreOutput)))
    return errors or list(_errors(ops))[:1]


def _errors(ops: Iterator[Operation] | list[Operation]) -> Iterator[CompileError]:
    for op in ops:
        refused = (value.type for value in (*op.operands, *op.results) if not _is_compiled(value.type))
        if (type_ := next(refused, None)) is not None:
            *others, last = map(str, ELEMENT_TYPES)
            text = f"{type_} is not compiled for vulkan-spirv, which has {', '.join(others)} and {last}"
            yield op_error(op, f"{text}; target interpreter-bytecode compiles it")


def _is_compiled(type_: Attribute) -> bool:
    return not isinstance(type_, TensorType | MemRefType) or type_.element_type in ELEMENT_TYPES
