"""What the host has to know of an entry point, read off its template.

    func.func @fn(%arg0: memref<4xf32>, %arg1: memref<4xf32>) attributes {iree.executable.export} {
      %0 = iree.load_input(%arg0 : memref<4xf32>) : tensor<4xf32>
      iree.store_output(%0 : tensor<4xf32>, %arg1 : memref<4xf32>)          it writes one binding, the last

Outputs come last: outline-dispatch-regions puts them there.
"""

from collections.abc import Iterator

from xdsl.dialects.builtin import ModuleOp, SymbolRefAttr
from xdsl.dialects.func import FuncOp

from iree.compiler.dialects.iree import UNSPECIFIED, MultiArchExecutable, StoreOutput
from iree.compiler.ir.diagnostics import fail
from iree.compiler.ir.rewriting import ops_of


def entry_points(module: ModuleOp) -> Iterator[tuple[SymbolRefAttr, FuncOp]]:
    """The functions of all templates, each with the name that dispatches call it by."""
    for executable in ops_of(module, MultiArchExecutable):
        for variant in executable.executables:
            if variant.format.data == UNSPECIFIED:
                for function in ops_of(variant, FuncOp):
                    yield SymbolRefAttr(executable.sym_name.data, [function.sym_name]), function


def output_counts(module: ModuleOp) -> dict[SymbolRefAttr, int]:
    """How many bindings each entry point writes: the last ones. CompileError: it writes others."""
    return {name: output_count(function) for name, function in entry_points(module)}


def output_count(function: FuncOp) -> int:
    """How many arguments an entry point writes: the last ones. CompileError: it writes others."""
    arguments = function.body.block.args
    written = {store.target for store in ops_of(function, StoreOutput)}
    if written != set(arguments[len(arguments) - len(written) :]):
        fail(function, f"{function.sym_name.data} writes others of its arguments than the last {len(written)}")
    return len(written)
