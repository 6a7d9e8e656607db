"""Why regions are what they are: what each holds, what it costs, why each op is in it, and why others are not.

main, region 2 of 3: arith.divf at model.mlir:9:10, 64x32 elements, laid over 64
  24 us on vulkan-spirv, 2 us on interpreter-bytecode: 43 K steps, 10 K loads, 16 K bytes, 64 invocations
  holds
    mhlo.reduce    model.mlir:7:10    an invocation takes a row: 24 us instead of 21 + 22 us on vulkan-spirv
  leaves outside
    mhlo.dot_general    model.mlir:3:10    for mhlo.reduce: it is needed elsewhere too
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from xdsl.dialects.func import FuncOp
from xdsl.ir import Operation

from iree.compiler.ir import sizes
from iree.compiler.ir.location import location_of
from iree.compiler.transforms.dispatch_regions.fusion import kind_of
from iree.compiler.transforms.dispatch_regions.growth import Growth
from iree.compiler.transforms.dispatch_regions.places import shape_of


@dataclass(frozen=True)
class Reason:
    """An op, where the program says it, and why it is inside; or outside, and then which op inside reads it."""

    op: str
    location: str
    why: str
    reader: str = ""

    @property
    def line(self) -> str:
        """As people read it."""
        return f"{self.op:24} {self.location:28} {f'for {self.reader}: ' if self.reader else ''}{self.why}"


@dataclass(frozen=True)
class RegionExplanation:
    """One region. `elements` is the shape of its result, `launch` the one that its workload describes; times in us."""

    function: str
    root: str
    location: str
    elements: str
    launch: str
    microseconds: Mapping[str, float]
    steps: int
    loads: int
    products: int
    bytes: int
    invocations: int
    holds: Sequence[Reason]
    leaves_outside: Sequence[Reason]

    def lines(self, number: str) -> list[str]:
        """As people read it."""
        times = ", ".join(f"{time:.0f} us on {target}" for target, time in self.microseconds.items())
        work = f"{_count(self.steps)} steps, {_count(self.loads)} loads, {_count(self.bytes)} bytes"
        work += f", {_count(self.products)} products" if self.products else ""
        lines = [
            f"{self.function}, region {number}: {self.root} at {self.location or '?'}, "
            f"{self.elements} elements, laid over {self.launch}",
            f"  {times}{': ' if times else ''}{work}, {self.invocations} invocations",
        ]
        for title, reasons in (("holds", self.holds), ("leaves outside", self.leaves_outside)):
            lines += [f"  {title}", *(f"    {reason.line}" for reason in reasons)] if reasons else []
        return lines


@dataclass
class Explanation:
    """What identify-dispatch-regions decided, in the order of the program, and combine-dispatch-regions after it."""

    regions: list[RegionExplanation] = field(default_factory=list)
    combined: list[str] = field(default_factory=list)

    def add(self, region: Growth, order: Mapping[Operation, int]) -> None:
        """Explains a region, before its ops move into it. `order`: where each op stands."""
        members = sorted(region.members, key=order.__getitem__)
        cost = region.cost()
        self.regions.append(
            RegionExplanation(
                _function_of(region.root),
                region.root.name,
                location_of(region.root),
                _spelled(shape_of(region.root.results[0])),
                _spelled(region.launch_shape()),
                {target.name: cost.time(target) for target in region.targets},
                cost.steps,
                cost.loads,
                cost.products,
                cost.bytes,
                cost.invocations,
                [Reason(op.name, location_of(op), region.reasons[op]) for op in members],
                [reason for op in members for reason in _outside(op, region)],
            )
        )

    def text(self) -> str:
        """As people read it."""
        lines = []
        for number, region in enumerate(self.regions, 1):
            lines += region.lines(f"{number} of {len(self.regions)}")
        return "".join(f"{line}\n" for line in (*lines, *self.combined))

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
        return {"regions": [asdict(region) for region in self.regions], "combined": self.combined}


def _outside(op: Operation, region: Growth) -> list[Reason]:
    """What an op of a region reads that other regions compute."""
    makers = dict.fromkeys(operand.owner for operand in op.operands)
    return [
        Reason(maker.name, location_of(maker), region.refusals.get(maker, "it is in another region"), op.name)
        for maker in makers
        if isinstance(maker, Operation) and kind_of(maker) is not None and maker not in region.members
    ]


def _function_of(op: Operation) -> str:
    parent = op.parent_op()
    while parent is not None and not isinstance(parent, FuncOp):
        parent = parent.parent_op()
    return parent.sym_name.data if isinstance(parent, FuncOp) else "?"


def _spelled(shape: Sequence[int]) -> str:
    return "x".join(str(size) if sizes.is_known(size) else f"[{sizes.text(size)}]" for size in shape) or "1"


def _count(number: float) -> str:
    thousands = 0
    while number >= 10_000 and thousands < 4:
        number, thousands = number / 1000, thousands + 1
    return f"{number:.0f}{('', ' K', ' M', ' G', ' T')[thousands]}"
