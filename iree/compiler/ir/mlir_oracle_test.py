"""MLIR itself, as JAX ships it, reads what we print and prints what we read."""

import re
from typing import Any

import numpy as np
import pytest
from jaxlib.mlir import ir as mlir
from jaxlib.mlir._mlir_libs import _jax_mlir_ext
from xdsl.ir import Attribute

from iree.compiler.ir.compare import difference
from iree.compiler.ir.constants import dense
from iree.compiler.ir.printer import print_attribute, print_module
from iree.schemas.element_types import ELEMENT_TYPES
from iree.testing.ir import parse

PROGRAM = """
    func.func @f(%arg0: tensor<4xf32>, %arg1: i32, %arg2: i1) -> (tensor<4xf32>, i1) attributes {iree.module.export} {
      %cst = arith.constant dense<[1.5, 0xFF800000, -0.0, 0.1]> : tensor<4xf32>
      %0 = arith.addf %arg0, %cst : tensor<4xf32>
      %sum, %overflow = arith.addui_extended %arg1, %arg1 : i32, i1
      %1 = arith.cmpf olt, %0, %arg0 : tensor<4xf32>
      %2 = arith.select %1, %0, %arg0 : tensor<4xi1>, tensor<4xf32>
      %3 = math.exp %2 : tensor<4xf32>
      cf.cond_br %arg2, ^bb1(%3 : tensor<4xf32>), ^bb2
    ^bb1(%4: tensor<4xf32>):
      return %4, %overflow : tensor<4xf32>, i1
    ^bb2:
      %5 = func.call @g(%3) : (tensor<4xf32>) -> tensor<4xf32>
      return %5, %arg2 : tensor<4xf32>, i1
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
    if element.bit_width < 8:
        return generator.integers(-8, 8, shape).astype(element.dtype)
    raw = generator.integers(0, 256, (*shape, element.byte_width)).astype(np.uint8)
    return np.ascontiguousarray(raw).view(element.dtype).reshape(shape)


def through_mlir(attribute: Attribute) -> Attribute:
    """What MLIR prints of an attribute that we print, as we read it. JAX hands out modules of any constant only."""
    module = mlir.Module.parse(f"module attributes {{t.a = {print_attribute(attribute)}}} {{ }}")
    return parse(str(module)).attributes["t.a"]


@pytest.mark.parametrize("element", ELEMENT_TYPES, ids=str)
@pytest.mark.parametrize("shape", [(), (5,), (2, 3), (130,)])
def test_constants_survive_mlir(context, element, shape):
    attribute = dense(bits(element, shape))
    assert through_mlir(attribute) == attribute


@pytest.mark.parametrize("element", ELEMENT_TYPES, ids=str)
def test_splats_survive_mlir(context, element):
    attribute = dense(np.broadcast_to(bits(element, ()), (3, 70)))
    assert through_mlir(attribute) == attribute


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
    text = print_module(parse(PROGRAM))
    assert re.sub(r" *//.*", "", str(mlir.Module.parse(text))).strip() == text.strip()
