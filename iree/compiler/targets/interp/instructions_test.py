"""Which instruction computes which op."""

import pytest

from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.targets.interp.instructions import computation_of
from iree.schemas.interpreter_bytecode import INTERPRETER, PREDICATES
from iree.testing.ir import parse

ARGUMENTS = (
    "%a: tensor<4xf32>, %i: tensor<4xi32>, %u: tensor<4xui32>, %b: tensor<4xi1>, %s: tensor<f32>, %m: tensor<4x4xf32>, "
    "%j: tensor<i32>, %z: tensor<4xcomplex<f32>>, %e: tensor<4xf8E5M2>"
)


def computation(text: str):
    module = parse(f"func.func @f({ARGUMENTS}) {{\n{text}\nreturn\n}}")
    ops = [op for op in module.walk() if op.name not in ("builtin.module", "func.func", "func.return")]
    return computation_of(ops[0])


@pytest.mark.parametrize(
    ("text", "instruction"),
    [
        ("%0 = arith.addf %a, %a : tensor<4xf32>", "add_f"),
        ("%0 = arith.addi %i, %i : tensor<4xi32>", "add_i"),
        ("%0 = mhlo.divide %i, %i : tensor<4xi32>", "div_i_s"),
        ("%0 = mhlo.divide %u, %u : tensor<4xui32>", "div_i_u"),
        ("%0 = mhlo.divide %a, %a : tensor<4xf32>", "div_f"),
        ("%0 = mhlo.add %b, %b : tensor<4xi1>", "or"),
        ("%0 = mhlo.multiply %b, %b : tensor<4xi1>", "and"),
        ("%0 = mhlo.maximum %i, %i : tensor<4xi32>", "max_i_s"),
        ("%0 = mhlo.power %i, %i : tensor<4xi32>", "pow_i"),
        ("%0 = mhlo.sign %a : tensor<4xf32>", "sign_f"),
        ("%0 = math.exp %a : tensor<4xf32>", "exp_f"),
        ("%0 = mhlo.convert %i : (tensor<4xi32>) -> tensor<4xf32>", "convert"),
        ("%0 = mhlo.clamp %s, %a, %s : (tensor<f32>, tensor<4xf32>, tensor<f32>) -> tensor<4xf32>", "clamp_f"),
        ("%0 = mhlo.compare LT, %i, %i : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi1>", "cmp_i_s"),
        ("%0 = mhlo.compare LT, %u, %u : (tensor<4xui32>, tensor<4xui32>) -> tensor<4xi1>", "cmp_i_u"),
        ("%0 = mhlo.reduce(%m init: %s) applies mhlo.add across dimensions = [1] "
         ": (tensor<4x4xf32>, tensor<f32>) -> tensor<4xf32>", "reduce_sum_f"),
        ("%0 = mhlo.dynamic_slice %a, %j, sizes = [2] : (tensor<4xf32>, tensor<i32>) -> tensor<2xf32>",
         "dynamic_slice"),
        ("%0 = mhlo.dynamic_update_slice %a, %a, %j : (tensor<4xf32>, tensor<4xf32>, tensor<i32>) -> tensor<4xf32>",
         "dynamic_update_slice"),
        ('%0 = "mhlo.gather"(%a, %i) <{dimension_numbers = #mhlo.gather<collapsed_slice_dims = [0], '
         "start_index_map = [0], index_vector_dim = 1>, slice_sizes = array<i64: 1>}> "
         ": (tensor<4xf32>, tensor<4xi32>) -> tensor<4xf32>", "gather"),
        ("%0 = mhlo.convolution(%m, %m) dim_numbers = [b, f]x[i, o]->[b, f], window = {} "
         "{batch_group_count = 1 : i64, feature_group_count = 1 : i64} "
         ": (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>", "convolution_f"),
        ('%0 = "mhlo.reduce_window"(%a, %s) <{window_dimensions = array<i64: 2>}> ({'
         "^bb0(%x: tensor<f32>, %y: tensor<f32>):"
         "%1 = mhlo.maximum %x, %y : tensor<f32>\nmhlo.return %1 : tensor<f32>"
         "}) : (tensor<4xf32>, tensor<f32>) -> tensor<3xf32>", "window_max_f"),
        ("%0 = mhlo.iota dim = 0 : tensor<4xi32>", "iota"),
        ("%0 = mhlo.exponential %z : tensor<4xcomplex<f32>>", "exp_f"),
        ("%0 = mhlo.abs %z : (tensor<4xcomplex<f32>>) -> tensor<4xf32>", "abs_f"),
        ("%0 = mhlo.real %z : (tensor<4xcomplex<f32>>) -> tensor<4xf32>", "real"),
        ("%0 = mhlo.complex %a, %a : tensor<4xcomplex<f32>>", "complex"),
        ("%0 = mhlo.bitcast_convert %a : (tensor<4xf32>) -> tensor<4xi32>", "bitcast_convert"),
        ("%0 = mhlo.reduce_precision %a, format = e5m10 : tensor<4xf32>", "reduce_precision"),
        ("%0 = mhlo.compare LT, %a, %a, TOTALORDER : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xi1>", "cmp_total"),
    ],
)  # fmt: skip
def test_instruction(text, instruction):
    found = computation(text)
    assert found.instruction == instruction
    letters = INTERPRETER.by_name[instruction].operands
    assert "S" in letters or len(found.inputs) == letters.count("s")
    assert len(found.integers) == letters.count("I")


@pytest.mark.parametrize(
    ("direction", "predicate"), [("EQ", "eq"), ("NE", "ne"), ("LT", "lt"), ("LE", "le"), ("GT", "gt"), ("GE", "ge")]
)
def test_predicates(direction, predicate):
    found = computation(f"%0 = mhlo.compare {direction}, %a, %a : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xi1>")
    assert (found.instruction, found.predicate) == ("cmp_f", PREDICATES.index(predicate))


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("%0 = mhlo.remainder %z, %z : tensor<4xcomplex<f32>>", "no instruction for elements of type complex<f32>"),
        (
            "%0 = mhlo.reduce(%m init: %s) applies mhlo.divide across dimensions = [1] "
            ": (tensor<4x4xf32>, tensor<f32>) -> tensor<4xf32>",
            "mhlo.reduce: the interpreter has no instruction for it: expand-bodies makes others of it",
        ),
        (
            '%0 = "mhlo.scatter"(%a, %i, %a) <{scatter_dimension_numbers = #mhlo.scatter<inserted_window_dims = [0], '
            "scatter_dims_to_operand_dims = [0], index_vector_dim = 1>}> ({"
            "^bb0(%x: tensor<f32>, %y: tensor<f32>):"
            "%1 = mhlo.divide %x, %y : tensor<f32>\nmhlo.return %1 : tensor<f32>"
            "}) : (tensor<4xf32>, tensor<4xi32>, tensor<4xf32>) -> tensor<4xf32>",
            "mhlo.scatter: the interpreter has no instruction for it: expand-bodies makes others of it",
        ),
        (
            "%0 = mhlo.compare LT, %z, %z : (tensor<4xcomplex<f32>>, tensor<4xcomplex<f32>>) -> tensor<4xi1>",
            "complex numbers have no order; they are compared by EQ and NE",
        ),
        (
            "%0 = mhlo.reduce_precision %e, format = e4m3 : tensor<4xf8E5M2>",
            "no instruction for elements of type f8E5M2; convert to f16 or wider",
        ),
        ("%0 = math.acosh %a : tensor<4xf32>", "math.acosh: the interpreter has no instruction for it"),
    ],
)
def test_what_has_no_instruction(text, error):
    with pytest.raises(CompileError, match=error):
        computation(text)
