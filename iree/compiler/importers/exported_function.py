"""What an importer makes of a function so that the module's users call it as they call the original."""

import re
from collections.abc import Sequence

from xdsl.dialects.builtin import StringAttr, UnitAttr
from xdsl.dialects.func import FuncOp

from iree.compiler.dialects.iree import ABI, MODULE_EXPORT
from iree.schemas import abi


def export(function: FuncOp, name: str, argument_names: Sequence[str], structure: abi.Abi | None) -> None:
    """Makes `function` the exported function `name`, whose arguments are called as the user called them."""
    function.properties["sym_name"] = StringAttr(name)
    function.properties.pop("sym_visibility", None)
    function.properties.pop("arg_attrs", None)
    function.properties.pop("res_attrs", None)
    function.attributes = {MODULE_EXPORT: UnitAttr()}
    if structure is not None:
        function.attributes[ABI] = StringAttr(abi.to_text(structure))
    for argument, argument_name in zip(function.body.block.args, argument_names, strict=True):
        argument.name_hint = identifier(argument_name)


def identifier(name: str) -> str:
    """`name` as the name of an SSA value: letters, digits and underscores, a letter first."""
    text = re.sub(r"\W", "_", name, flags=re.ASCII)
    return text if re.match(r"[A-Za-z]", text) else f"arg_{text.lstrip('_')}"
