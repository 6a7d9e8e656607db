"""The interpreter as a target: the judge that every other target is compared with."""

from collections.abc import Sequence

from xdsl.ir import Operation

from iree.compiler.ir.pass_manager import Pass
from iree.compiler.targets.description import TargetDescription
from iree.compiler.targets.interp.expand_bodies import ExpandBodies
from iree.compiler.targets.interp.lower_to_ll_interp import LowerToLlInterp
from iree.compiler.targets.interp.serialize import entry_points_of, serialize_executable
from iree.schemas.file_format import ExecutableFormat


class InterpTarget:
    """interpreter-bytecode: whole-tensor operations that the interpreter driver runs with NumPy."""

    name = "interpreter-bytecode"
    executable_format = "IreeBytecode"
    fourcc = ExecutableFormat.INTERP
    dialect = "iree_ll_interp"
    description = TargetDescription(
        name,
        launch=2,
        bytes_per_us=8_000,
        steps_per_us=2_000,
        products_per_us=30_000,
        load_steps=0,
        lanes=1,
        computes_once=True,
    )

    @property
    def passes(self) -> Sequence[Pass]:
        return (ExpandBodies(), LowerToLlInterp())

    def serialize(self, inner: Operation) -> bytes:
        return serialize_executable(inner)

    def entry_points(self, inner: Operation) -> list[str]:
        return [function.sym_name.data for function in entry_points_of(inner)]
