"""Which operations may share a dispatch: what each kind of op is, and who may join whom.

    layout        moves elements: broadcast, reshape, transpose, slice, pad, concatenate, reverse, iota, sizes,
                  gather, dynamic_slice, dynamic_update_slice, bitcast_convert
    elementwise   one result element from the operands' elements at the same place
    contraction   dot and dot_general
    window        convolution, reduce_window: what lies under a window, wherever it stops
    reduction     reduce, scatter, sort_order and merge_order

Contractions, windows and reductions are heavy: a dispatch holds one of them, or several reductions over the same rows.
"""

import enum

from xdsl.dialects import arith
from xdsl.dialects.builtin import TensorType
from xdsl.ir import Operation

from iree.compiler.dialects import mhlo


class Kind(enum.Enum):
    """What an op does with the elements of its operands."""

    LAYOUT = "layout"
    ELEMENTWISE = "elementwise"
    CONTRACTION = "contraction"
    WINDOW = "window"
    REDUCTION = "reduction"

    @property
    def is_heavy(self) -> bool:
        """Whether each result element takes a loop over operand elements."""
        return self in (Kind.CONTRACTION, Kind.WINDOW, Kind.REDUCTION)


_KINDS: dict[str, Kind] = {
    **dict.fromkeys(
        (
            mhlo.BroadcastInDim.name,
            mhlo.Reshape.name,
            mhlo.Transpose.name,
            mhlo.Slice.name,
            mhlo.Pad.name,
            mhlo.Concatenate.name,
            mhlo.Reverse.name,
            mhlo.Iota.name,
            mhlo.Sizes.name,
            mhlo.DynamicSlice.name,
            mhlo.DynamicUpdateSlice.name,
            mhlo.Gather.name,
            mhlo.BitcastConvert.name,
        ),
        Kind.LAYOUT,
    ),
    mhlo.DotGeneral.name: Kind.CONTRACTION,
    mhlo.Convolution.name: Kind.WINDOW,
    mhlo.ReduceWindow.name: Kind.WINDOW,
    mhlo.Reduce.name: Kind.REDUCTION,
    mhlo.Scatter.name: Kind.REDUCTION,
    mhlo.SortOrder.name: Kind.REDUCTION,
    mhlo.MergeOrder.name: Kind.REDUCTION,
}


_READ_MORE_THAN_ONE = {mhlo.Concatenate.name, mhlo.Pad.name, mhlo.Gather.name}
_READ_ALL = {mhlo.Scatter.name, mhlo.SortOrder.name, mhlo.MergeOrder.name}
_BIJECTIVE = {mhlo.Reshape.name, mhlo.Transpose.name}
_PLACES_ARE_DATA = {mhlo.DynamicSlice.name, mhlo.DynamicUpdateSlice.name, mhlo.Gather.name}


def kind_of(op: Operation) -> Kind | None:
    """The kind of a tensor op; None for what is no dispatch's work: constants, terminators, calls, iree ops."""
    if op.name in _KINDS:
        return _KINDS[op.name]
    if isinstance(op, mhlo.CustomCall):
        return None  # the host's own work
    computes = op.name.startswith(("arith.", "math.", "mhlo.")) and op.results and not isinstance(op, arith.ConstantOp)
    is_tensor = computes and isinstance(op.results[0].type, TensorType) and not op.regions
    return Kind.ELEMENTWISE if is_tensor else None


def why_not(producer: Operation, consumer: Operation) -> str | None:
    """What `consumer` does, so that `producer` may not be computed in its dispatch, at the places where it is read.

    A contraction or window reads each operand element many times, so only what costs nothing to compute again may
    feed it.
    A heavy producer may feed only what reads each of its elements once: elementwise consumers, reshapes, transposes. A
    reduction may also feed what repeats its results or reduces them further: growth.py asks what that costs.
    What reads at places that are data shares no reads with other consumers, so nothing is computed again for it. An
    update of a slice, of a large tensor most often, is written down. A scatter looks at every update for each element,
    and what sorts at many elements for each place: nothing is computed inside of them.
    """
    consumed = kind_of(consumer)
    assert kind_of(producer) is not None
    assert consumed is not None
    if isinstance(producer, mhlo.Reduce) and not repeats(consumer):
        may = is_free(consumer) or consumed is Kind.ELEMENTWISE or isinstance(consumer, mhlo.Reduce)
        return None if may else "picks some of its elements, or has data say which"
    if is_heavy(producer):
        once = reads_once(consumer) and (consumed is Kind.LAYOUT or _same_shapes(producer, consumer))
        return None if once else "needs its elements more than once"
    if producer.name == mhlo.DynamicUpdateSlice.name:
        return "reads an updated tensor, which is written down"
    if consumer.name in _READ_ALL:
        return "looks at all elements for each of its own"
    if consumer.name in _PLACES_ARE_DATA:
        alone = all(result.has_one_use() for result in producer.results)
        return None if alone else "reads it where data says, and others read it too"
    if repeats(consumer) and not is_free(producer):
        return "would compute it again for each time that it reads it"
    return None


def reads_once(op: Operation) -> bool:
    """Whether an op reads each element of its operands for one element of its result."""
    return kind_of(op) is Kind.ELEMENTWISE or op.name in _BIJECTIVE


def is_heavy(op: Operation) -> bool:
    """Whether each result element takes a loop over operand elements."""
    kind = kind_of(op)
    return kind is not None and kind.is_heavy


def repeats(op: Operation) -> bool:
    """Whether an op needs elements of its operands many times."""
    return kind_of(op) in (Kind.CONTRACTION, Kind.WINDOW)


def is_free(op: Operation) -> bool:
    """Whether an op costs nothing to compute again: it only says where an element is."""
    return kind_of(op) is Kind.LAYOUT and op.name not in _READ_MORE_THAN_ONE


def _same_shapes(producer: Operation, consumer: Operation) -> bool:
    types = [result.type for result in (*producer.results, *consumer.results)]
    return len({type_.get_shape() for type_ in types if isinstance(type_, TensorType)}) == 1
