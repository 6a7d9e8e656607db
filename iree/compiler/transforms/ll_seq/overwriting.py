"""Entry points whose output may lie over an input, so that a dispatch works in place.

    %0 = iree.load_input(%arg0 : memref<4xf32>) : tensor<4xf32>
    %1 = iree.load_input(%arg1 : memref<4xf32>) : tensor<4xf32>
    %2 = arith.addf %0, %1 : tensor<4xf32>
    iree.store_output(%2 : tensor<4xf32>, %arg2 : memref<4xf32>)        over %arg0 or over %arg1

Whoever writes an element has read the one that was there, and nobody else reads that. The attribute
`iree.executable.overwrites` of an entry point lists the inputs over which some dispatch lets its output lie, so that
targets know that the two bindings may be one buffer.
"""

from xdsl.dialects import arith, math
from xdsl.dialects.builtin import DenseArrayBase, MemRefType, i64
from xdsl.dialects.func import FuncOp
from xdsl.ir import BlockArgument, Operation, SSAValue

from iree.compiler.dialects import mhlo
from iree.compiler.dialects.iree import OVERWRITES, LoadInput, Return, StoreOutput
from iree.compiler.ir.rewriting import ops_of

# Each result element follows from the operands' at the same place, and a target that computes the whole at once, as the
# interpreter does, needs no operand any more when it has begun to write the result.
_LAST = frozenset(
    (
        *(f"arith.{name}" for name in ("addf", "subf", "mulf", "divf", "negf", "maximumf", "minimumf")),
        *(f"arith.{name}" for name in ("addi", "subi", "muli", "maxsi", "minsi", "andi", "ori", "xori")),
        *(op.name for op in (mhlo.Add, mhlo.Subtract, mhlo.Multiply, mhlo.Maximum, mhlo.Minimum, mhlo.Negate)),
        *(op.name for op in (mhlo.And, mhlo.Or, mhlo.Xor)),
        *(f"math.{name}" for name in ("absf", "ceil", "floor", "exp", "log", "sqrt", "tanh")),
    )
)
_ELEMENTWISE = _LAST | frozenset(
    op.name
    for op in (
        *(mhlo.Abs, mhlo.Cbrt, mhlo.Ceil, mhlo.Clamp, mhlo.Compare, mhlo.Convert, mhlo.Cosine, mhlo.Divide),
        *(mhlo.Exponential, mhlo.ExponentialMinusOne, mhlo.Floor, mhlo.IsFinite, mhlo.Log, mhlo.LogPlusOne),
        *(mhlo.Logistic, mhlo.Not, mhlo.Power, mhlo.Remainder, mhlo.Rsqrt, mhlo.Select, mhlo.Sign, mhlo.Sine),
        *(mhlo.Sqrt, mhlo.Tan, mhlo.Tanh, math.RsqrtOp),
    )
)
_WIDE = ("f32", "f64", "i32", "i64", "ui32", "ui64")  # each element is a word of memory of its own, on all devices


def overwritable(function: FuncOp) -> tuple[int, ...]:
    """The inputs over which the output of an entry point may lie; none, where it has several outputs."""
    stores = ops_of(function, StoreOutput)
    if len(stores) != 1 or stores[0].places is not None:
        return ()
    (store,) = stores
    last = store.value.owner
    is_last = isinstance(last, Operation) and last.name in _LAST and last.next_op is store
    type_ = store.target.type
    assert isinstance(type_, MemRefType)
    if not is_last or str(type_.element_type) not in _WIDE or not _is_elementwise(function):
        return ()
    sources = [load.source for load in ops_of(function, LoadInput)]
    return tuple(source.index for source in sources if isinstance(source, BlockArgument) and source.type == type_)


def overwrites(function: FuncOp) -> tuple[int, ...]:
    """The inputs that a dispatch of the entry point may name as its output as well."""
    listed = function.attributes.get(OVERWRITES)
    return tuple(listed.get_values()) if isinstance(listed, DenseArrayBase) else ()


def add_overwrite(function: FuncOp, number: int) -> None:
    """Says that a dispatch has an input and the output in one place."""
    function.attributes[OVERWRITES] = DenseArrayBase.from_list(i64, sorted({*overwrites(function), number}))


def _is_elementwise(function: FuncOp) -> bool:
    """Whether each element of all that is computed follows from elements at its place, and from what never changes."""
    constant: set[SSAValue] = set()
    for op in function.body.block.ops:
        match op:
            case LoadInput() | StoreOutput() | Return():
                pass
            case arith.ConstantOp() | mhlo.Constant():
                constant.update(op.results)
            case mhlo.BroadcastInDim() | mhlo.Reshape() if op.operands[0] in constant:
                constant.update(op.results)
            case _ if op.name not in _ELEMENTWISE:
                return False
    return True
