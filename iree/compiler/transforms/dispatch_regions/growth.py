"""How a region grows from its root, and why something stays outside.

An op joins when all that need it are inside and each of them may have it computed in their dispatch. What is needed but
once is always better inside. A reduction whose results are read many times, as the mean of a row is by the row's
elements, joins when each invocation can take a row, and when that is no slower on any target. What only says where
elements are, as a broadcast does, joins although others need it too: each of them has a copy.
"""

from collections.abc import Sequence

from xdsl.dialects import arith
from xdsl.ir import Block, Operation, SSAValue

from iree.compiler.dialects import mhlo
from iree.compiler.ir import sizes
from iree.compiler.ir.constants import is_splat
from iree.compiler.targets.description import TargetDescription
from iree.compiler.transforms.common.placement import placed_operand
from iree.compiler.transforms.dispatch_regions.costs import Cost, bytes_of, cost_of, elements_of, steps_of
from iree.compiler.transforms.dispatch_regions.fusion import (
    Kind,
    is_free,
    is_heavy,
    kind_of,
    reads_once,
    repeats,
    why_not,
)
from iree.compiler.transforms.dispatch_regions.places import Loop, Places, loops_of, shape_of

MOST_PLACES = 64  # at which a root may need one op's elements
MOST_OPS = 1024  # of a region, each once for each place
NEEDED_ELSEWHERE = "it is needed elsewhere too"


class Growth:
    """A root and what has joined it."""

    def __init__(self, root: Operation, targets: Sequence[TargetDescription], *, is_copied_elsewhere: bool = False):
        self.root = root
        self.members = {root}
        self.targets = targets
        self.reasons = {root: "the region grows from it"}  # why each member is one
        self.refusals: dict[Operation, str] = {}  # why others are not
        self._places = Places(root)
        self._count = 1
        self._tail = tail_of(root)
        self._repeated = {root} if repeats(root) else set[Operation]()  # what is needed many times, and what needs that
        self._alone = root if _works_alone(root) else None
        self._recomputed = set[Operation]()  # what it was found better to compute several times
        self._once = set[Operation]()  # what is needed at several places, and yet computed once
        self._copies = {root} if is_copied_elsewhere else set[Operation]()  # what others need too
        self._captured = set(filter(_takes_a_binding, root.operands))
        self._folds: list[Operation] = []  # reductions inside, without the root

    def refusal(self, producer: Operation, *, copying: bool) -> str | None:
        """Why a producer cannot join now; it does where there is no reason. `copying`: even as a copy."""
        users = {use.operation for result in producer.results for use in result.uses}
        reason = self._reason_of_users(producer, users, copying and is_copied(producer))
        if reason is None:
            self._places.find(producer, self.members)
            reason = (
                self._reason_of_places(producer)
                or self._reason_of_bindings(producer)
                or self._reason_of_kind(producer, users)
            )
        if reason is None:
            self.refusals.pop(producer, None)
            self._join(producer, users)
        else:
            self.refusals[producer] = reason
        return reason

    def _join(self, producer: Operation, users: set[Operation]) -> None:
        self.reasons.setdefault(producer, self._gain(producer, users))
        if not users <= self.members or not users.isdisjoint(self._copies):
            self._copies.add(producer)
        self.members.add(producer)
        self._captured = self._captured_with(producer)
        self._count += len(self._places.of(producer))
        if not users.isdisjoint(self._repeated) or repeats(producer):
            self._repeated.add(producer)
        if _works_alone(producer):
            self._alone = producer
        elif is_heavy(producer):
            self._folds.append(producer)

    def _gain(self, producer: Operation, users: set[Operation]) -> str:
        """Why a producer joins, where no cost decided."""
        if producer in self._tail:
            return "it says where results are written"
        if is_free(producer):
            copied = not users <= self.members or not users.isdisjoint(self._copies)
            return f"it only says where elements are{'; others have copies' if copied else ''}"
        if producer in self._once:
            return "it stands in the result before the row is reduced, and is computed once"
        times = len(self._places.of(producer))
        return (
            "each of its elements is needed once"
            if times == 1
            else f"computing it at {times} places costs less than a dispatch"
        )

    def _reason_of_users(self, producer: Operation, users: set[Operation], as_copy: bool) -> str | None:
        inside = users & self.members
        if not as_copy and (inside != users or not users.isdisjoint(self._copies)):
            return NEEDED_ELSEWHERE
        for user in inside:
            is_placed = user in self._tail and producer.results[0] not in user.operands[1:]
            if not is_placed and (reason := why_not(producer, user)) is not None:
                return f"{user.name} {reason}"
        if not inside.isdisjoint(self._repeated) and not is_free(producer):
            return "it would be computed again for each time that a contraction or window reads it"
        return None

    def _reason_of_places(self, producer: Operation) -> str | None:
        count = len(self._places.of(producer))
        if count > MOST_PLACES or self._count + count > MOST_OPS:
            return f"its elements are needed at {count} places, in a region of {self._count} ops"
        return None

    def _captured_with(self, producer: Operation) -> set[SSAValue]:
        """What the region would take from outside if a producer joined."""
        taken = {value for value in producer.operands if value.owner not in self.members and _takes_a_binding(value)}
        return (self._captured - set(producer.results)) | taken

    def _reason_of_bindings(self, producer: Operation) -> str | None:
        count = len(self._captured_with(producer)) + len(self.root.results)
        for target in self.targets:
            if count > max(target.max_bindings, len(self._captured) + len(self.root.results)):
                return f"the dispatch would use {count} buffers, of {target.max_bindings} on {target.name}"
        return None

    def _reason_of_kind(self, producer: Operation, users: set[Operation]) -> str | None:
        if _works_alone(producer):
            if self._alone is not None or self._folds or isinstance(self.root, mhlo.Reduce):
                return "a dispatch holds one contraction, window, scatter or order, and no reduction beside it"
            if len(self._places.of(producer)) > 1 or not self._is_read_once(producer):
                return "it would be computed again for each place where it is needed"
            return None
        if not is_heavy(producer):
            return self._reason_of_recomputing(producer)
        if self._alone is not None:
            return "a dispatch that holds a contraction, window, scatter or order holds no reduction beside it"
        return self._reason_of_row(producer)

    def _reason_of_recomputing(self, op: Operation) -> str | None:
        """Why what is needed at several places should rather be written down once."""
        times = len(self._places.of(op)) - 1
        if times == 0 or is_free(op) or op in self._recomputed:
            return None
        upstream = _upstream(op)
        if self._may_stage(op):
            self._once = upstream
            self._recomputed |= upstream
            return None
        if any(_works_alone(maker) and maker.results[0].has_one_use() for one in upstream for maker in _producers(one)):
            return "the contraction or window that it comes from has it computed once"
        steps = times * sum(steps_of(one) * elements_of(one) for one in upstream)
        for target in self.targets:
            saved = target.launch + 2 * bytes_of(op.results[0]) / target.bytes_per_us
            if not target.computes_once and steps / target.steps_per_us > saved:
                return f"{target.name} would compute it {times + 1} times, {steps} steps more, to save {saved:.0f} us"
        self._recomputed |= upstream
        return None

    def _may_stage(self, op: Operation) -> bool:
        """Whether a kernel may write an op's elements into the result first, a row at a time: see stage_rows.py."""
        is_like_root = op.results[0].type == self.root.results[0].type and kind_of(self.root) is Kind.ELEMENTWISE
        return bool(self._folds) and not self._once and is_like_root and op.name.startswith("math.")

    def _reason_of_row(self, fold: Operation) -> str | None:
        """Why a reduction should not be computed in each invocation that needs its results."""
        if len(self._places.of(fold)) == 1 and not self._folds and self._is_read_once(fold):
            return None
        if not self._has_known_rows(fold):
            return "how long its rows are is known only to a call"
        before, inside = self.cost(), self._cost({*self.members, fold}, [*self._folds, fold])
        apart = Growth(fold, self.targets).cost()
        for target in self.targets:
            if target.computes_once:
                continue
            if inside.row > target.longest_row:
                return f"an invocation would go through {inside.row} elements, of {target.longest_row} on {target.name}"
            if inside.time(target) > before.time(target) + apart.time(target):
                return (
                    f"{target.name} would take {inside.time(target):.0f} us instead of "
                    f"{before.time(target):.0f} + {apart.time(target):.0f} us: {inside.invocations} invocations"
                )
        pairs = [(one.name, inside.time(one), before.time(one) + apart.time(one)) for one in self.targets]
        times = ", ".join(f"{now:.0f} us instead of {then:.0f} us on {name}" for name, now, then in pairs)
        self.reasons[fold] = f"an invocation takes a row: {times or 'no target says what it costs'}"
        return None

    def _has_known_rows(self, fold: Operation) -> bool:
        loops = self._places.root_loops - self._launch([*self._folds, fold])
        folds = [*self._folds, fold, self.root]
        shapes = [shape_of(op.inputs[0]) for op in folds if isinstance(op, mhlo.Reduce)]
        return sizes.are_known([loop.size for loop in loops]) and all(map(sizes.are_known, shapes))

    def _launch(self, folds: Sequence[Operation]) -> frozenset[Loop]:
        """The loops of the launch: those that all reductions inside are computed for, if that are not all."""
        wanted = [loops_of(place) & self._places.root_loops for fold in folds for place in self._places.of(fold)]
        return frozenset().union(*wanted) if wanted else self._places.root_loops

    def _cost(self, members: set[Operation], folds: Sequence[Operation]) -> Cost:
        return cost_of(members, self.root, self._places, self._launch(folds), self._once)

    def cost(self) -> Cost:
        """What the region costs as it is."""
        return self._cost(self.members, self._folds)

    def launch_shape(self) -> tuple[int, ...]:
        """The shape over whose elements the region is laid: of rows, or of what is put into place in the end."""
        shape = shape_of(self.root.results[0])
        if self._alone is not None and (placed := [op for op in self._tail if op in self.members]):
            source = placed[-1].operands[0]
            return shape_of(source) if source.owner in self.members else shape
        launch = self._launch(self._folds)
        if launch == self._places.root_loops:
            return shape
        (place,) = self._places.of(self.root)
        return tuple(size for size, index in zip(shape, place, strict=True) if index.loops & launch)

    def _is_read_once(self, heavy: Operation) -> bool:
        """Whether no op between `heavy` and the root needs any of its results again."""
        pending, seen = [heavy], {heavy}
        while pending:
            users = {use.operation for result in pending.pop().results for use in result.uses}
            for user in (users & self.members) - seen:
                if not reads_once(user) and user not in self._tail:
                    return False
                seen.add(user)
                pending.append(user)
        return True


def is_copied(op: Operation) -> bool:
    """Whether an op may be in several regions: it only says where elements are, so that nothing is computed twice."""
    return is_free(op)


def tail_of(root: Operation) -> list[Operation]:
    """The root and the ops before it that only put what others compute into place, the last one first."""
    tail: list[Operation] = []
    op: Operation | Block = root
    while isinstance(op, Operation) and (source := placed_operand(op)) is not None:
        if op is not root and not op.results[0].has_one_use():
            break
        tail.append(op)
        op = source.owner
    return tail


def _takes_a_binding(value: SSAValue) -> bool:
    """Whether a dispatch is given a buffer for a value: splats and sizes move into it."""
    maker = value.owner
    return not (isinstance(maker, mhlo.Sizes) or (isinstance(maker, arith.ConstantOp) and is_splat(maker.value)))


def _works_alone(op: Operation) -> bool:
    return is_heavy(op) and not isinstance(op, mhlo.Reduce)


def grow(region: Growth, taken: set[Operation]) -> None:
    """Lets every producer join that may, transitively; copies last, when it is known who else is inside."""
    candidates, postponed = [region.root], list[Operation]()
    while candidates or postponed:
        copying = not candidates
        asked = [postponed.pop()] if copying else _producers(candidates.pop())
        for producer in asked:
            if producer in region.members or producer in taken:
                continue
            reason = region.refusal(producer, copying=copying)  # the last of several users to join asks with success
            if reason is None:
                candidates.append(producer)
            elif reason == NEEDED_ELSEWHERE and not copying and is_copied(producer):
                postponed.append(producer)


def _upstream(op: Operation) -> set[Operation]:
    """The op and what is computed, element by element, for it alone."""
    found, pending = {op}, [op]
    while pending:
        for maker in _producers(pending.pop()):
            users = {use.operation for result in maker.results for use in result.uses}
            if maker not in found and not is_heavy(maker) and users <= found:
                found.add(maker)
                pending.append(maker)
    return found


def _producers(op: Operation) -> list[Operation]:
    """The tensor ops of the same block that make an op's operands."""
    makers = [operand.owner for operand in op.operands]
    return [maker for maker in makers if isinstance(maker, Operation) and kind_of(maker) and maker.parent is op.parent]
