"""MLIR itself, as JAX ships it, reads what we print and prints what we read."""

from typing import Any

import numpy as np
import pytest
from jaxlib.mlir import ir as mlir
from jaxlib.mlir._mlir_libs import _jax_mlir_ext

from iree.compiler.dialects.registry import make_context
from iree.compiler.ir.compare import difference
from iree.compiler.ir.constants import dense, mlir_type_of
from iree.compiler.ir.parser import parse_attribute
from iree.compiler.ir.printer import print_attribute, print_module
from iree.schemas.element_types import ELEMENT_TYPES
from iree.testing.ir import parse

PROGRAM = """
    func.func @f(%x: tensor<4xf32>, %i: i32, %c: i1) -> (tensor<4xf32>, i1) attributes {iree.module.export, n = 3 : i64} {
      %cst = arith.constant dense<[1.5, 0xFF800000, -0.0, 1.0e-5]> : tensor<4xf32>
      %0 = arith.addf %x, %cst : tensor<4xf32>
      %1:2 = arith.addui_extended %i, %i : i32, i1
      %2 = arith.cmpf olt, %0, %x : tensor<4xf32>
      %3 = arith.select %2, %0, %x : tensor<4xi1>, tensor<4xf32>
      %4 = math.exp %3 : tensor<4xf32>
      cf.cond_br %c, ^bb1(%4 : tensor<4xf32>), ^bb2
    ^bb1(%5: tensor<4xf32>):
      return %5, %1#1 : tensor<4xf32>, i1
    ^bb2:
      %6 = func.call @g(%4) : (tensor<4xf32>) -> tensor<4xf32>
      return %6, %c : tensor<4xf32>, i1
    }
    func.func private @g(tensor<4xf32>) -> tensor<4xf32>
"""


@pytest.fixture(scope="module")
def context():
    registry = mlir.DialectRegistry()
    _jax_mlir_ext.register_dialects(registry)
    context = mlir.Context()
    context.append_dialect_registry(registry)
    context.load_all_available_dialects()
    with context, mlir.Location.unknown():
        yield context


def bits(element: Any, shape: tuple[int, ...]) -> Any:
    """An array of random bits, which among floats holds infinities, NaNs and subnormal numbers."""
    generator = np.random.default_rng(len(shape))
    if element.name == "i1":
        return generator.integers(0, 2, shape).astype(np.bool_)
    raw = generator.integers(0, 256, (*shape, element.byte_width)).astype(np.uint8)
    return np.ascontiguousarray(raw).view(element.dtype).reshape(shape)


@pytest.mark.parametrize("element", ELEMENT_TYPES, ids=str)
@pytest.mark.parametrize("shape", [(), (5,), (2, 3), (130,)])
def test_constants_survive_mlir(context, element, shape):
    attribute = dense(bits(element, shape))
    theirs = str(mlir.Attribute.parse(print_attribute(attribute)))
    assert parse_attribute(theirs, make_context()) == attribute


@pytest.mark.parametrize("element", ELEMENT_TYPES, ids=str)
def test_splats_survive_mlir(context, element):
    attribute = dense(np.broadcast_to(bits(element, ()), (3, 70)), None)
    text = print_attribute(attribute)
    theirs = str(mlir.Attribute.parse(text))
    assert parse_attribute(theirs, make_context()) == attribute
    assert str(mlir_type_of(element)) in theirs


@pytest.mark.parametrize("generic", [False, True])
def test_a_program_survives_mlir(context, generic):
    module = parse(PROGRAM)
    theirs = mlir.Module.parse(print_module(module, generic=generic))
    assert theirs.operation.verify()
    assert difference(module, parse(str(theirs))) is None
    assert difference(module, parse(theirs.operation.get_asm(print_generic_op_form=True))) is None


def test_locations_survive_mlir(context):
    module = parse(PROGRAM, "m.mlir")
    theirs = mlir.Module.parse(print_module(module, locations=True))
    text = theirs.operation.get_asm(enable_debug_info=True)
    assert print_module(parse(text, "other.mlir"), locations=True) == print_module(module, locations=True)


def test_our_text_is_mlirs_text(context):
    text = print_module(parse(PROGRAM)).replace("private @g(tensor<4xf32>) -> tensor<4xf32>", "private @g(DECLARED)")
    theirs = str(mlir.Module.parse(text.replace("DECLARED", "tensor<4xf32>) -> (tensor<4xf32>")))
    assert theirs.replace("tensor<4xf32>) -> tensor<4xf32>\n}", "DECLARED)\n}").strip() == text.strip()
