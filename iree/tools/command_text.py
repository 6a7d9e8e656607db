"""What one call of a function records and submits, as text: commands with the bytes that they read and write, barriers.

run
  dispatch @f_ex_dispatch_0::f_rgn_dispatch_0 [8, 8, 1]
    reads argument 0 [0, 256), constant 0 [0, 256); writes stack [0, 256)
  barrier
  copy stack [0, 256) to result 0 [0, 256)
while asking transient 4 [0, 1) ...
"""

from collections.abc import Iterable, Iterator

from iree.runtime.vm.module import VmModule
from iree.runtime.vm.plan import Barrier, ByteRange, Case, Command, Copy, Dispatch, HostCall, Plan, Run, Steps, While


def command_lines(module: VmModule, plan: Plan) -> Iterator[str]:
    """The plan of one of the module's functions, line by line."""
    yield from _Text(module, plan).steps(plan.steps)


class _Text:
    def __init__(self, module: VmModule, plan: Plan):
        self.file = module.file
        self.plan = plan

    def steps(self, steps: Steps) -> Iterator[str]:
        for step in steps:
            match step:
                case Run():
                    yield "run"
                    yield from _indented(line for command in step.commands for line in self.command(command))
                case While():
                    asked = self.ranges(view.bytes for view in step.predicates) or f"{step.trip_count} times"
                    yield f"while {asked}" if step.predicates else f"repeat {asked}"
                    for number, (iteration, ending) in enumerate(zip(step.iterations, step.endings, strict=True)):
                        yield f"  iteration {number}"
                        yield from _indented(_indented(self.steps(iteration)))
                        yield f"  if iteration {number} was the last"
                        yield from _indented(_indented(self.steps(ending)))
                case Case():
                    yield f"case {self.range(step.selector.bytes)}"
                    for number, branch in enumerate(step.branches):
                        yield f"  branch {number}"
                        yield from _indented(_indented(self.steps(branch)))
                case HostCall():
                    yield f"host call @{self.file.imports[step.imported]}"
                    inputs, outputs = (view.bytes for view in step.inputs), (view.bytes for view in step.outputs)
                    yield f"  reads {self.ranges(inputs)}; writes {self.ranges(outputs)}"

    def command(self, command: Command) -> Iterator[str]:
        match command:
            case Barrier():
                yield "barrier"
            case Copy():
                yield f"copy {self.ranges(command.reads)} to {self.ranges(command.writes)}"
            case Dispatch():
                executable = self.file.executables[command.executable]
                name = f"@{executable.name}::{executable.entry_points[command.entry_point]}"
                yield f"dispatch {name} {list(command.workload)}"
                yield f"  reads {self.ranges(command.reads)}; writes {self.ranges(command.writes)}"

    def ranges(self, ranges: Iterable[ByteRange]) -> str:
        return ", ".join(map(self.range, ranges))

    def range(self, range_: ByteRange) -> str:
        slot = self.plan.slots[range_.slot]
        number = {"stack": "", "transient": f" {range_.slot}"}.get(slot.kind.value, f" {slot.ordinal}")
        return f"{slot.kind.value}{number} [{range_.start}, {range_.end})"


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"  {line}" for line in lines)
