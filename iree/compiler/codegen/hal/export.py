"""Export: an exported function, which a generated class has in two forms.

simple_mul(a, b)                                              arrays in, new arrays out
simple_mul_async(device, wait, a, b, out0, signal, fence)     buffers that the caller has, and no waiting
"""

from xdsl.dialects.func import FuncOp

from iree.compiler.codegen.hal.function import FunctionWriter
from iree.compiler.codegen.hal.program import Program
from iree.compiler.codegen.hal.scope import Scope
from iree.compiler.codegen.hal.types import memref


class Export:
    """An exported function and its types. `name`: what users call; `views`: where its arrays are put for them."""

    def __init__(self, writer: FunctionWriter, name: str):
        self.writer = writer
        self.name = name
        self.symbol = writer.function.sym_name.data
        self.arguments = list(zip(writer.arguments, writer.function.function_type.inputs, strict=True))
        self.results = list(zip(writer.outputs, writer.function.function_type.outputs, strict=True))
        self.views = ""
        self.dims = {argument: memref(type_).get_shape() for argument, type_ in self.arguments}


def export_name(program: Program, function: FuncOp) -> str:
    """The name of an exported function, given once, as is that of its asynchronous form."""
    name = program.attributes.unique(function.sym_name.data)
    while f"{name}_async" in program.attributes:
        name = program.attributes.unique(function.sym_name.data)
    program.attributes.unique(f"{name}_async")
    return name


def write_export(program: Program, scope: Scope, function: FuncOp, name: str) -> Export:
    """Writes an exported function into a scope: it stands before the methods that it needs."""
    writer = FunctionWriter(program, scope, function)
    export = Export(writer, name)
    if not writer.is_straight:
        scope.private[function.sym_name.data] = scope.attributes.unique(name, private=True)
    start = len(scope.methods)
    writer.write()
    export.views = scope.attributes.unique(f"{name}_views", private=True)
    scope.methods[start:start] = [export] if writer.is_straight else [export, writer.method()]
    return export
