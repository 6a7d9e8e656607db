"""Plans of memory that are changed: the compiler refuses them, or they compute the same."""

import numpy as np
from xdsl.dialects.builtin import IntegerAttr, ModuleOp, i64

import iree.runtime
from iree.compiler.compile import compile_module
from iree.compiler.dialects import ll_seq
from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.rewriting import ops_of
from iree.compiler.pipeline import Options, run_pipeline
from iree.compiler.transforms.ll_seq.prove_plan import ProvePlan
from iree.testing.ir import parse

INTERP = ("interpreter-bytecode",)
MATRIX = "tensor<8x8xf32>"


def product(result, left, right):
    return f"{result} = stablehlo.dot {left}, {right} : ({MATRIX}, {MATRIX}) -> {MATRIX}\n"


PROGRAM = f"""
func.func @f(%a: {MATRIX}, %b: {MATRIX}) -> ({MATRIX}, {MATRIX}) {{
{product("%0", "%a", "%b")}{product("%1", "%0", "%b")}{product("%2", "%b", "%a")}{product("%3", "%1", "%2")}
{product("%4", "%3", "%0")}{product("%5", "%4", "%2")}{product("%6", "%5", "%4")}{product("%7", "%5", "%0")}
return %6, %7 : {MATRIX}, {MATRIX}
}}
"""


def planned():
    module = parse(PROGRAM)
    run_pipeline(module, Options(target_backends=INTERP, compile_to="ll-seq"))
    return module


def is_right(module: ModuleOp):
    try:
        ProvePlan().run(module)
    except CompileError:
        return False
    return True


def results_of(module):
    data = compile_module(module, Options(target_backends=INTERP, compile_from="ll-seq"))
    generator = np.random.default_rng(0)
    arguments = [generator.standard_normal((8, 8), np.float32) for _ in range(2)]
    return iree.runtime.load_vm_flatbuffer(data, driver="interpreter").f(*arguments)


def test_what_moves_elsewhere_is_refused_or_right():
    """Every buffer, to every place of the arena."""
    expected = results_of(planned())
    refused = passed = 0
    for number in range(len(ops_of(planned(), ll_seq.StaticSlice))):
        for place in range(0, 768, 128):
            module = planned()
            moved = ops_of(module, ll_seq.StaticSlice)[number]
            (stack,) = ops_of(module, ll_seq.AllocStack)
            if moved.source is not stack.buffer or place + 256 > stack.buffer.type.get_shape()[0]:
                continue
            moved.properties["offset"] = IntegerAttr(place, i64)
            if not is_right(module):
                refused += 1
                continue
            passed += 1
            for result, right in zip(results_of(module), expected, strict=True):
                np.testing.assert_array_equal(result, right)
    assert refused > 3
    assert passed > 3
