"""convert-to-spirv: scheduled kernels become one spirv.module, their functions its entry points.

    func.func @f(%arg0: memref<4xf32>, %arg1: memref<4xf32>) attributes {iree.executable.export, ...} {
      %i = gpu.global_id x
      %v = memref.load %arg0[%i] : memref<4xf32>
      memref.store %v, %arg1[%i] : memref<4xf32>
      iree.return
    }
  becomes
    spirv.module Logical GLSL450 requires #spirv.vce<v1.0, [Shader], [SPV_KHR_storage_buffer_storage_class]> {
      spirv.GlobalVariable @globalInvocationID built_in("GlobalInvocationId") : ...
      spirv.GlobalVariable @f_arg_0 bind(0, 0) : ...
      spirv.GlobalVariable @f_arg_1 bind(0, 1) : ...
      func.func @f() { ... spirv.Return }
      spirv.EntryPoint "GLCompute" @f, @globalInvocationID
      spirv.ExecutionMode @f "LocalSize", 1, 1, 1
    }

Entry points come in the order of their ordinals. iree.executable.workgroup_tile, the elements of the workload that one
workgroup computes, stays on the function where it differs from LocalSize; elsewhere an invocation computes one element.
"""

from collections.abc import Sequence

from xdsl.dialects import memref, scf
from xdsl.dialects.builtin import (
    DenseArrayBase,
    FunctionType,
    IntegerAttr,
    IntegerType,
    MemRefType,
    ModuleOp,
    VectorType,
    f64,
    i1,
    i32,
    i64,
)
from xdsl.dialects.func import FuncOp
from xdsl.ir import Block, Operation, Region, SSAValue

from iree.compiler.dialects.iree import ORDINAL, OVERWRITES, Return
from iree.compiler.dialects.known_sizes import symbol_count_of
from iree.compiler.dialects.spirv import control_flow, memory, structure
from iree.compiler.dialects.spirv.types import INPUT, PointerType, sizes_type
from iree.compiler.ir.constants import array_of
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import erase, inherit
from iree.compiler.kernels.required_sizes import REQUIREMENTS
from iree.compiler.kernels.schedule_kernels import WORKGROUP_SIZE, WORKGROUP_TILE
from iree.compiler.targets.spirv.lower_control_flow import lower_for, lower_if
from iree.compiler.targets.spirv.lower_memory import lower_load, lower_store, storage_type
from iree.compiler.targets.spirv.lower_scalar import lower_scalar
from iree.compiler.targets.spirv.lowering import Lowering

_ID = "globalInvocationID"
SIZES = "sizes"
_ID_TYPE = PointerType.of(VectorType(i32, [3]), INPUT)


class ConvertToSpirv(Pass):
    """Replaces the kernels of the module by a spirv.module."""

    name = "convert-to-spirv"
    reads = ("func", "iree", "gpu", "arith", "math", "memref", "scf")
    leaves = ("func", "spirv")

    def run(self, module: ModuleOp) -> None:
        kernels = sorted((op for op in module.ops if isinstance(op, FuncOp)), key=_ordinal)
        count = max(map(symbol_count_of, kernels), default=0)
        converted = [_convert(kernel, count) for kernel in kernels]
        id_variable = structure.GlobalVariable(_ID, _ID_TYPE, built_in=structure.GLOBAL_INVOCATION_ID)
        ops: list[Operation] = [id_variable]
        if count:
            ops.append(structure.GlobalVariable(SIZES, sizes_type(count)))
        ops += [variable for variables, _ in converted for variable in variables]
        ops += [function for _, function in converted]
        for kernel, (_, function) in zip(kernels, converted, strict=True):
            ops += _entry_point(kernel, function)
        spirv = inherit(structure.Module(Region(Block(ops)), _requirements(kernels, [f for _, f in converted])), module)
        for kernel in kernels:
            erase(kernel)
        module.body.block.add_op(spirv)


def argument_name(function: str, number: int) -> str:
    """The name of the variable that an argument of a kernel becomes."""
    return f"{function}_arg_{number}"


def _ordinal(kernel: FuncOp) -> int:
    ordinal = kernel.attributes.get(ORDINAL)
    return ordinal.value.data if isinstance(ordinal, IntegerAttr) else 0


def _convert(kernel: FuncOp, count: int) -> tuple[list[structure.GlobalVariable], FuncOp]:
    name = kernel.sym_name.data
    variables = []
    aliased = _aliased(kernel)
    for number, argument in enumerate(kernel.body.block.args):
        assert isinstance(argument.type, MemRefType)
        variables.append(
            structure.GlobalVariable(
                argument_name(name, number), storage_type(argument.type), bind=(0, number), aliased=number in aliased
            )
        )
        variables[-1].location = kernel.location
    block = Block()
    buffers = dict(zip(kernel.body.block.args, variables, strict=True))
    ids: dict[str, SSAValue] = {}
    lowering = Lowering(block, buffers, ids)
    lowering.location = kernel.location
    vector = lowering.add(memory.Load(lowering.add(structure.AddressOf(_ID, _ID_TYPE))))
    for number, dimension in enumerate("xyz"):
        ids[dimension] = lowering.add(memory.CompositeExtract(vector, number))
    _load_sizes(lowering, symbol_count_of(kernel), count)
    _lower_ops(lowering, list(kernel.body.block.ops))
    function = FuncOp(name, FunctionType.from_lists([], []), Region(block))
    function.location = kernel.location
    return variables, function


def _aliased(kernel: FuncOp) -> set[int]:
    """The arguments that may be one buffer with another one."""
    listed = kernel.attributes.get(OVERWRITES)
    if not isinstance(listed, DenseArrayBase):
        return set()
    return {*listed.get_values(), len(kernel.body.block.args) - 1}


def _load_sizes(lowering: Lowering, needed: int, count: int) -> None:
    """Loads the sizes that the kernel has to know, of the `count` that a dispatch says."""
    if not needed:
        return
    base = lowering.add(structure.AddressOf(SIZES, sizes_type(count)))
    zero = lowering.integer(0)
    for number in range(needed):
        place = memory.AccessChain(base, [zero, lowering.integer(number)])
        lowering.symbols.append(lowering.add(memory.Load(lowering.add(place))))


def _lower_ops(lowering: Lowering, ops: Sequence[Operation]) -> None:
    for op in ops:
        lowering.location = op.location
        match op:
            case memref.LoadOp():
                lower_load(lowering, op)
            case memref.StoreOp():
                lower_store(lowering, op)
            case scf.ForOp():
                lower_for(lowering, op, _lower_ops)
            case scf.IfOp():
                lower_if(lowering, op, _lower_ops)
            case Return():
                lowering.append(control_flow.Return())
            case _:
                lower_scalar(lowering, op)


def _entry_point(kernel: FuncOp, function: FuncOp) -> list[Operation]:
    name = function.sym_name.data
    size = _three(kernel, WORKGROUP_SIZE) or (1, 1, 1)
    tile = _three(kernel, WORKGROUP_TILE)
    if tile is not None and tile != size:
        function.attributes[WORKGROUP_TILE] = kernel.attributes[WORKGROUP_TILE]
    if REQUIREMENTS in kernel.attributes:
        function.attributes[REQUIREMENTS] = kernel.attributes[REQUIREMENTS]
    entry = structure.EntryPoint(name, [_ID])
    mode = structure.ExecutionMode(name, structure.LOCAL_SIZE, size)
    entry.location = mode.location = kernel.location
    return [entry, mode]


def _three(kernel: FuncOp, attribute: str) -> tuple[int, int, int] | None:
    value = kernel.attributes.get(attribute)
    if value is None:
        return None
    x, y, z = (int(number) for number in array_of(value))
    return x, y, z


def _requirements(kernels: Sequence[FuncOp], functions: Sequence[FuncOp]) -> structure.Requirements:
    """Shader, and what the widths of the scalars and of the buffers' elements take."""
    capabilities, extensions = ["Shader"], ["SPV_KHR_storage_buffer_storage_class"]
    arguments = [argument.type for kernel in kernels for argument in kernel.body.block.args]
    stored = {type_.element_type for type_ in arguments if isinstance(type_, MemRefType)}
    scalars = {result.type for function in functions for op in function.body.walk() for result in op.results} | stored
    capabilities += [name for type_, name in ((f64, "Float64"), (i64, "Int64")) if type_ in scalars]
    for bits, types in ((16, {IntegerType(16)}), (8, {IntegerType(8), i1})):
        if stored & types:
            capabilities.append(f"StorageBuffer{bits}BitAccess")
            extensions.append(f"SPV_KHR_{bits}bit_storage")
    return structure.Requirements.of(capabilities, extensions)
