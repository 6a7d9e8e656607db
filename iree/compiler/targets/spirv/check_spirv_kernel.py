"""check-spirv-kernel: refuse what the SPIR-V target cannot compile exactly, all of it in one error.

    model.mlir:7:10: math.exp: has no exact form in SPIR-V; kernels spell it with other ops of arith and math

Changes nothing.

A kernel has scalars of f32, f64, i32, i64, i1 and index, static buffers of them (but index), of i8 and of i16 with
2^31 - 1 elements at most, and no results. An i8 or i16 is loaded and made wider, or made narrower and stored.
"""

from math import prod

from xdsl.dialects import arith, memref, scf
from xdsl.dialects.builtin import (
    DYNAMIC_INDEX,
    IndexType,
    IntegerAttr,
    IntegerType,
    MemRefType,
    ModuleOp,
    f32,
    f64,
    i1,
    i32,
    i64,
)
from xdsl.dialects.func import FuncOp
from xdsl.ir import Attribute, Operation

from iree.compiler.dialects.iree import Return
from iree.compiler.ir.diagnostics import CompileError, op_error, raise_all
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.sizes import is_known
from iree.compiler.targets.spirv.lower_memory import LARGEST_COUNT
from iree.compiler.targets.spirv.lower_scalar import SCALAR_OPS, TRUTH_OPS

_SCALARS = (f32, f64, i32, i64, i1, IndexType())
_STORED = (IntegerType(8), IntegerType(16))  # in memory only
_BETWEEN = (arith.ExtSIOp, arith.ExtUIOp, arith.TruncIOp)  # memory and scalars

_STRUCTURE = (memref.LoadOp, memref.StoreOp, scf.ForOp, scf.IfOp, scf.YieldOp, Return)


class CheckSpirvKernel(Pass):
    """Raises one CompileError for everything that convert-to-spirv has no exact translation of."""

    name = "check-spirv-kernel"
    reads = ("func", "iree", "gpu", "arith", "math", "memref", "scf")
    leaves = reads

    def run(self, module: ModuleOp) -> None:
        errors: list[CompileError] = []
        for kernel in module.ops:
            if not isinstance(kernel, FuncOp):
                errors.append(op_error(kernel, "only func.func can be a SPIR-V kernel"))
                continue
            errors += _check_signature(kernel)
            errors += [error for op in kernel.body.walk() if (error := _check(op)) is not None]
        raise_all(errors)


def _check_signature(kernel: FuncOp) -> list[CompileError]:
    name = kernel.sym_name.data
    problems = []
    if kernel.is_declaration or len(kernel.body.blocks) != 1:
        problems.append(f"@{name} has {len(kernel.body.blocks)} blocks; a SPIR-V kernel has one, with scf in it")
    if kernel.function_type.outputs:
        problems.append(f"@{name} returns values; a SPIR-V kernel writes its results into its last arguments")
    for number, type_ in enumerate(kernel.function_type.inputs):
        if (problem := _check_buffer(type_)) is not None:
            problems.append(f"argument {number} of @{name} {problem}")
    return [op_error(kernel, problem) for problem in problems]


def _check_buffer(type_: Attribute) -> str | None:
    if not isinstance(type_, MemRefType):
        return f"is a {type_}; a SPIR-V kernel takes buffers only"
    if type_.element_type not in (f32, f64, i32, i64, i1, *_STORED):
        return f"is a {type_}; the SPIR-V target has f32, f64, i64, i32, i16, i8 and i1"
    shape = type_.get_shape()
    if DYNAMIC_INDEX in shape:
        return f"is a {type_}; the SPIR-V target needs static sizes"
    if is_known(prod(shape)) and prod(shape) > LARGEST_COUNT:
        return f"has {prod(shape)} elements; the SPIR-V target counts them in 32 bits, up to {LARGEST_COUNT}"
    return None


def _check(op: Operation) -> CompileError | None:
    if isinstance(op, memref.LoadOp | memref.StoreOp):
        types: list[Attribute] = [value.type for value in op.operands if isinstance(value.type, IndexType)]
    elif isinstance(op, _STRUCTURE):
        types = [value.type for value in (*op.results, *op.operands) if not isinstance(value.type, MemRefType)]
    elif isinstance(op, SCALAR_OPS):
        types = [value.type for value in (*op.results, *op.operands)]
        if isinstance(op, _BETWEEN):
            types = [i32 if type_ in _STORED else type_ for type_ in types]
        if any(type_ == i1 for type_ in types) and not isinstance(op, TRUTH_OPS):
            return op_error(op, "has no i1 form on the SPIR-V target; it has one for i32")
    else:
        return op_error(op, "has no exact form in SPIR-V; kernels spell it with other ops of arith and math")
    for type_ in types:
        if type_ not in _SCALARS:
            return op_error(op, f"{type_} is not compiled by the SPIR-V target; it has {', '.join(map(str, _SCALARS))}")
    value = op.properties.get("value")
    if (
        isinstance(value, IntegerAttr)
        and value.type == IndexType()
        and is_known(value.value.data)
        and not -(2**31) <= value.value.data < 2**32
    ):
        return op_error(op, f"{value.value.data} does not fit the 32 bits of an index on the SPIR-V target")
    return None
