"""The functions of math.h in arithmetic, as C that needs no library.

    used_by("... tanh_f32(x) ...")      the texts of tanh_f32 and of all that it calls

They are the expansions that all compiled targets share (kernels/expand_math.py), written as functions of C.
"""

import functools
import inspect
import re

from xdsl.dialects import func
from xdsl.dialects.builtin import AnyFloat, StringAttr, f32, f64
from xdsl.ir import Block, Region

from iree.compiler.codegen.runtimeless_c.call_math import call_math, own_name
from iree.compiler.codegen.runtimeless_c.kernel import write_function
from iree.compiler.kernels.emitter import Emitter
from iree.compiler.kernels.expand_math import EXACT_FUNCTIONS, FUNCTIONS, Expansion
from iree.compiler.kernels.scalar import Scalar

OWN: dict[str, tuple[Expansion, AnyFloat]] = {
    own_name(name, type_): (expansion, type_)
    for name, expansion in (FUNCTIONS | EXACT_FUNCTIONS).items()
    if name.startswith("math.")
    for type_ in (f32, f64)
}
CONSTANTS = """\
#define NAN (0.0f / 0.0f)
#define INFINITY (1.0f / 0.0f)
"""
_CALL = re.compile(r"\b(\w+_f(?:32|64))\(")


def used_by(code: str) -> list[str]:
    """The functions that a text calls, and those that they call, each after those that it calls."""
    found: dict[str, str] = {}

    def visit(text: str, within: str | None) -> None:
        for name in dict.fromkeys(_CALL.findall(text)):
            if name in OWN and name != within and name not in found:
                own = definition(name)
                visit(own, name)
                found[name] = own

    visit(code, None)
    return list(found.values())


@functools.cache
def definition(name: str) -> str:
    """The C of a function, one of OWN."""
    expansion, type_ = OWN[name]
    parameters = list(inspect.signature(expansion).parameters)
    block = Block(arg_types=[type_] * len(parameters))
    for argument, parameter in zip(block.args, parameters, strict=True):
        argument.name_hint = parameter
    emitter = Emitter(block)
    result = expansion(*(Scalar(emitter, argument) for argument in block.args))
    emitter.append(func.ReturnOp(result.value))
    emitter.drop_unused()
    function = func.FuncOp(name, ([type_] * len(parameters), [type_]), Region(block), StringAttr("private"))
    call_math(function)
    said = (inspect.getdoc(expansion) or "").partition("\n\n")[0].replace("\n", " ")
    return f"/* {said} */\n{write_function(function)}"
