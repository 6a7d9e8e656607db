"""resolve-sizes: every size that only a call knows is said with the sizes that the caller chooses.

    func.func @f(%x: tensor<?x4xf32>, %y: tensor<?x4xf32>) -> tensor<?xf32> {
      %0 = mhlo.add %x, %y : tensor<?x4xf32>
      %n = mhlo.get_dimension_size %0, dim = 0 : (tensor<?x4xf32>) -> tensor<i32>
      %1 = mhlo.multiply %n, %four : tensor<i32>
      %2 = mhlo.reshape %1 : (tensor<i32>) -> tensor<1xi32>
      %3 = mhlo.dynamic_reshape %0, %2 : (tensor<?x4xf32>, tensor<1xi32>) -> tensor<?xf32>
      return %3 : tensor<?xf32>
  becomes
    func.func @f(%x: tensor<[d0]x4xf32>, %y: tensor<[d0]x4xf32>) -> tensor<[4*d0]xf32> {
      %0 = mhlo.add %x, %y : tensor<[d0]x4xf32>
      %1 = mhlo.reshape %0 : (tensor<[d0]x4xf32>) -> tensor<[4*d0]xf32>
      return %1 : tensor<[4*d0]xf32>

Each `?` of an argument is a symbol. What the ops say about them is used up here, for good: that an addition's operands
have one shape makes one symbol of two; that a slice needs four elements is a condition of the function, checked when it
is called (attribute iree.conditions). Sizes as data are computed by the compiler, and left as mhlo.sizes only where
something computes with them, as a mean does. All later passes see integers: iree/compiler/ir/sizes.py.

What TensorFlow broadcasts when it runs, whichever sizes are 1 then, has equal sizes here.

A function that calls others, or that others call, waits until they are one.

CompileError: a size depends on data, is no sum of products of the caller's sizes, or there is no rule for an op.
"""

from xdsl.dialects.builtin import (
    DYNAMIC_INDEX,
    ArrayAttr,
    FunctionType,
    IndexType,
    IntegerType,
    ModuleOp,
    StringAttr,
    TensorType,
)
from xdsl.dialects.func import CallOp, FuncOp, ReturnOp
from xdsl.ir import Attribute, Operation, SSAValue

from iree.compiler.dialects import iree, mhlo
from iree.compiler.dialects.size_lists import SizeList
from iree.compiler.ir import sizes
from iree.compiler.ir.constants import dense
from iree.compiler.ir.diagnostics import fail, op_error
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import erase, insert_before, ops_of
from iree.compiler.transforms.input.size_facts import SizeFacts, Values
from iree.compiler.transforms.input.size_ops import dissolve
from iree.compiler.transforms.input.size_shapes import is_concerned, result_shapes
from iree.compiler.transforms.input.size_values import values_of

_ONLY_SIZES = ("shape", "tensor", "arith", "tf")  # dialects that no later pass reads in a program


class ResolveSizes(Pass):
    name = "resolve-sizes"
    reads = ("builtin", "func", "arith", "math", "mhlo", "check", "sdy", "ml_program", "shape", "tensor", "tf")
    leaves = ("builtin", "func", "arith", "math", "mhlo", "check", "sdy", "ml_program")

    def run(self, module: ModuleOp) -> None:
        for function in ops_of(module, FuncOp):
            if _is_complete(function) and any(map(_has_sizes_to_resolve, function.walk())):
                _resolve(function)


def _is_complete(function: FuncOp) -> bool:
    """Whether all that is to be known of the function's sizes is in it: nobody calls it, and it calls nobody."""
    is_private = function.sym_visibility is not None and function.sym_visibility.data == "private"
    return len(function.body.blocks) == 1 and not is_private and not ops_of(function, CallOp)


def _has_sizes_to_resolve(op: Operation) -> bool:
    if isinstance(op, FuncOp):
        return any(_is_dynamic(argument.type) for argument in op.body.block.args)
    dialect = op.name.partition(".")[0]
    is_dynamic = any(_is_dynamic(result.type) for result in op.results)
    return is_dynamic or isinstance(op, mhlo.DYNAMIC_SIZES) or dialect in ("shape", "tensor", "tf")


def _is_dynamic(type_: Attribute) -> bool:
    return isinstance(type_, TensorType) and DYNAMIC_INDEX in type_.get_shape()


def _resolve(function: FuncOp) -> None:
    facts = SizeFacts(function)
    block = function.body.block
    for argument in block.args:
        if isinstance(argument.type, TensorType) and _is_dynamic(argument.type):
            shape = [facts.new_symbol() if size == DYNAMIC_INDEX else size for size in argument.type.get_shape()]
            argument._type = mhlo.with_shape(argument.type, shape)
    op = block.first_op
    while op is not None:
        op = _visit(op, facts)
    facts.finish([argument.type for argument in block.args])
    _use_values(function, facts)
    last = block.last_op
    assert isinstance(last, ReturnOp)
    _check_results(function, last)
    types = FunctionType.from_lists([a.type for a in block.args], [v.type for v in last.operands])
    function.properties["function_type"] = types
    if facts.conditions:
        pairs = [ArrayAttr([SizeList((size,)), StringAttr(text)]) for size, text in dict.fromkeys(facts.conditions)]
        function.attributes[iree.CONDITIONS] = ArrayAttr(pairs)


def _visit(op: Operation, facts: SizeFacts) -> Operation | None:
    """Resolves one op; returns the next one to look at."""
    next_op = op.next_op
    if (first := dissolve(op, facts)) is not None:
        return first if isinstance(first, Operation) else next_op
    if isinstance(op, ReturnOp | mhlo.Return):
        return next_op
    if isinstance(op, mhlo.While | mhlo.If | mhlo.Case):
        _visit_regions(op, facts)
        return next_op
    if (values := values_of(op, facts)) is not None:
        facts.values[op.results[0]] = values
    if is_concerned(op):
        shapes = result_shapes(op, facts)
        for index, result in enumerate(op.results):
            if isinstance(result.type, TensorType):
                _set_shape(op, result, None if shapes is None else shapes[index], facts)
    return next_op


def _visit_regions(op: mhlo.While | mhlo.If | mhlo.Case, facts: SizeFacts) -> None:
    """Resolves what is in control flow. What a loop carries keeps its sizes; so do sizes that it hands on unchanged."""
    returned = [region.block.last_op for region in op.regions]
    if isinstance(op, mhlo.While):
        for region in op.regions:
            for argument, init in zip(region.block.args, op.inits, strict=True):
                argument._type = init.type
        kept = op.body.block.last_op
        assert kept is not None
        for number, (init, value) in enumerate(zip(op.inits, kept.operands, strict=True)):
            if value is op.body.block.args[number] and (known := facts.values.get(init)) is not None:
                for same in (*(region.block.args[number] for region in op.regions), op.results[number]):
                    facts.values[same] = known
    for region in op.regions:
        inner = region.block.first_op
        while inner is not None:
            inner = _visit(inner, facts)
    if isinstance(op, mhlo.While):
        given, returned = list(op.inits), returned[1:]
    else:
        assert returned[0] is not None
        given = list(returned[0].operands)
    for number, (value, result) in enumerate(zip(given, op.results, strict=True)):
        for last in returned:
            assert last is not None
            shapes = [mhlo.shape_of(value), mhlo.shape_of(last.operands[number])]
            if len(shapes[0]) != len(shapes[1]):
                fail(op, f"result {number} is {value.type} or {last.operands[number].type}")
            facts.equate_shapes(shapes, op, f"sizes of result {number}")
        result._type = value.type


def _set_shape(op: Operation, result: SSAValue, found: tuple[int, ...] | None, facts: SizeFacts) -> None:
    """Fills in the sizes of a result that its type leaves open; those that it states say something too."""
    type_ = result.type
    assert isinstance(type_, TensorType)
    stated = type_.get_shape()
    if found is None:
        if DYNAMIC_INDEX in stated:
            fail(op, f"what sizes {type_} has when the program runs is not known; it is of what has known ones")
        return
    if len(found) != len(stated):
        fail(op, f"the result is {type_}, but has the sizes {sizes.shape_text(found)}")
    result._type = mhlo.with_shape(type_, found)
    for size, wanted in zip(found, stated, strict=True):
        if wanted not in (DYNAMIC_INDEX, size):
            facts.equate(size, wanted, op, f"the result is {type_}")
        _require_size(op, size)


def _require_size(op: Operation, size: int) -> None:
    try:
        sizes.symbols_of(size)
    except sizes.SizeError as error:
        fail(op, f"a size of its result {error}: pad or cut it to one that is, before this op")


def _use_values(function: FuncOp, facts: SizeFacts) -> None:
    """Puts sizes where something computes with them, and erases what computed them."""
    for op in reversed(list(function.walk())):
        if isinstance(op.parent_op(), mhlo.Reduce | mhlo.ReduceWindow | mhlo.Scatter):
            continue
        only_sizes = op.name.partition(".")[0] in _ONLY_SIZES
        if only_sizes and not any(result.first_use for result in op.results):
            erase(op)
            continue
        values = facts.values.get(op.results[0]) if len(op.results) == 1 else None
        if values is None or op.name in (mhlo.Constant.name, mhlo.Sizes.name):
            continue
        known = sizes.are_known(values.reshape(-1).tolist())
        if known and not only_sizes and not isinstance(op, mhlo.DYNAMIC_SIZES):
            continue  # the program's own integers
        result = op.results[0]
        if result.first_use is not None:
            result.replace_all_uses_with(_materialized(op, result, values, known))
        erase(op)


def _materialized(op: Operation, result: SSAValue, values: Values, known: bool) -> SSAValue:
    type_ = result.type
    if not isinstance(type_, TensorType) or not isinstance(type_.element_type, IntegerType | IndexType):
        use = result.first_use
        assert use is not None
        raise op_error(use.operation, f"takes a size as {type_}; only tensors of integers are data")
    if isinstance(type_.element_type, IndexType):
        use = result.first_use
        assert use is not None
        raise op_error(use.operation, f"takes sizes as {type_}, which are known when compiled or not used as data")
    new: Operation
    if known:
        new = mhlo.Constant(dense(values.astype("int64"), type_))
    else:
        new = mhlo.Sizes(values.reshape(-1).tolist(), type_)
    insert_before(op, new)
    return new.results[0]


def _check_results(function: FuncOp, last: ReturnOp) -> None:
    """The sizes that the function states for its results are those that they have."""
    for value, stated in zip(last.operands, function.function_type.outputs, strict=True):
        if isinstance(value.type, TensorType) and isinstance(stated, TensorType):
            pairs = list(zip(value.type.get_shape(), stated.get_shape(), strict=False))
            same = len(value.type.get_shape()) == len(stated.get_shape())
            if not same or any(wanted not in (DYNAMIC_INDEX, size) for size, wanted in pairs if sizes.is_known(size)):
                fail(last, f"returns {value.type} where the function says {stated}")
            if any(wanted != DYNAMIC_INDEX for size, wanted in pairs if not sizes.is_known(size)):
                fail(last, f"returns {value.type} where the function says {stated}: the size depends on the call")
