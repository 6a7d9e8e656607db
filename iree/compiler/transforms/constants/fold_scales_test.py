import numpy as np
import pytest

from iree.compiler.dialects import mhlo
from iree.compiler.ir.constants import array_of
from iree.compiler.ir.pass_manager import run_passes
from iree.compiler.ir.rewriting import ops_of
from iree.compiler.transforms.common.dce import Dce
from iree.compiler.transforms.constants.fold_scales import FoldScales
from iree.testing.ir import check_pass, parse, text_of

CONVOLUTION = """mhlo.convolution(%x, %w) dim_numbers = [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f],
                  window = {stride = [1, 1]} {batch_group_count = 1 : i64, feature_group_count = 1 : i64}
                  : (tensor<1x4x4x2xf32>, tensor<1x1x2x3xf32>) -> tensor<1x4x4x3xf32>"""
WEIGHTS = "[[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]]]"
T = "tensor<1x4x4x3xf32>"
PLACES = [[[[1.5, 2.0, 3.0]] * 4] * 2 + [[[1.0, 2.0, 3.0]] * 4] * 2]  # not the same everywhere


def folded(text: str) -> str:
    module = parse(text)
    run_passes(module, [FoldScales(), Dce()])
    return text_of(module)


def of_convolution(*ops: str, weights: str = WEIGHTS, scale: str = "[2.0, 4.0, 8.0]") -> str:
    """A convolution and ops on %y, its result, with %mean and %scale along the features; the last one is returned."""
    lines = "\n".join(f"              {op} : {T}" for op in ops)
    return f"""
            func.func @f(%x: tensor<1x4x4x2xf32>) -> {T} {{
              %w = mhlo.constant dense<{weights}> : tensor<1x1x2x3xf32>
              %m = mhlo.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
              %s = mhlo.constant dense<{scale}> : tensor<3xf32>
              %mean = mhlo.broadcast_in_dim %m, dims = [3] : (tensor<3xf32>) -> {T}
              %scale = mhlo.broadcast_in_dim %s, dims = [3] : (tensor<3xf32>) -> {T}
              %y = {CONVOLUTION}
{lines}
              return %r : {T}
            }}
        """


def test_a_normalization_goes_into_the_weights_of_a_convolution() -> None:
    check_pass(
        [FoldScales(), Dce()],
        before=of_convolution(
            "%0 = mhlo.subtract %y, %mean",
            "%1 = mhlo.divide %0, %scale",
            "%2 = mhlo.multiply %mean, %1",
            "%r = mhlo.add %2, %scale",
        ),
        after="""
            func.func @f(%x: tensor<1x4x4x2xf32>) -> tensor<1x4x4x3xf32> {
              %0 = mhlo.constant dense<[[[[5.000000e-01, 1.000000e+00, 1.125000e+00], [2.000000e+00, 2.500000e+00, 2.250000e+00]]]]> : tensor<1x1x2x3xf32>
              %y = mhlo.convolution(%x, %0) dim_numbers = [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f], window = {stride = [1, 1]} {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<1x4x4x2xf32>, tensor<1x1x2x3xf32>) -> tensor<1x4x4x3xf32>
              %1 = mhlo.constant dense<[1.500000e+00, 3.000000e+00, 6.875000e+00]> : tensor<3xf32>
              %2 = mhlo.broadcast_in_dim %1, dims = [3] : (tensor<3xf32>) -> tensor<1x4x4x3xf32>
              %r = mhlo.add %y, %2 : tensor<1x4x4x3xf32>
              return %r : tensor<1x4x4x3xf32>
            }
        """,  # noqa: E501
    )


def test_shifts_become_one() -> None:
    got = folded(of_convolution("%0 = mhlo.add %y, %mean", "%r = mhlo.subtract %0, %scale"))
    assert got.count("mhlo.add") == 1
    assert "mhlo.subtract" not in got
    assert "dense<[-1.000000e+00, -2.000000e+00, -5.000000e+00]>" in got


def test_a_scale_without_a_shift_leaves_nothing_behind() -> None:
    got = folded(of_convolution("%r = mhlo.multiply %scale, %y"))
    assert "mhlo.multiply" not in got
    assert "mhlo.add" not in got


@pytest.mark.parametrize(
    "ones", ["dense<2.0> : tensor<1x4x4x3xf32>", "dense<[[[[2.0, 2.0, 4.0]]]]> : tensor<1x1x1x3xf32>"]
)
def test_constants_in_other_shapes(ones: str) -> None:
    constant = f"%c = mhlo.constant {ones}"
    if "1x4x4" not in ones:
        constant += f"\n%b = mhlo.broadcast_in_dim %c, dims = [0, 1, 2, 3] : (tensor<1x1x1x3xf32>) -> {T}"
    by = "%c" if "1x4x4" in ones else "%b"
    text = of_convolution(f"%r = mhlo.multiply %y, {by}").replace("%y =", f"{constant}\n%y =")
    assert "mhlo.multiply" not in folded(text)


@pytest.mark.parametrize(
    ("op", "weights", "result"),
    [
        ("mhlo.dot_general %x, %w, contracting_dims = [1] x [0]", "%w: tensor<2x3xf32>", "4x3"),
        ("mhlo.dot_general %x, %w, contracting_dims = [1] x [1]", "%w: tensor<3x2xf32>", "4x3"),
        ("mhlo.dot_general %w, %x, contracting_dims = [1] x [1]", "%w: tensor<3x2xf32>", "3x4"),
    ],
)
def test_each_side_of_a_dot(op: str, weights: str, result: str) -> None:
    type_ = weights.partition(": ")[2]
    operands = ("tensor<4x2xf32>", type_) if "%x, %w" in op else (type_, "tensor<4x2xf32>")
    dim, out = result.split("x").index("3"), f"tensor<{result}xf32>"
    text = f"""
        func.func @f(%x: tensor<4x2xf32>) -> {out} {{
          %w = mhlo.constant dense<WEIGHTS> : {type_}
          %s = mhlo.constant dense<[2.0, 4.0, 8.0]> : tensor<3xf32>
          %0 = {op} : ({", ".join(operands)}) -> {out}
          %1 = mhlo.broadcast_in_dim %s, dims = [{dim}] : (tensor<3xf32>) -> {out}
          %2 = mhlo.multiply %0, %1 : {out}
          return %2 : {out}
        }}
    """
    shape = tuple(int(size) for size in type_[7:-5].split("x"))
    array = np.arange(1, 7, dtype=np.float32).reshape(shape)
    text = text.replace("WEIGHTS", str(array.tolist()))
    module = parse(text)
    run_passes(module, [FoldScales(), Dce()])
    assert not ops_of(module, mhlo.Multiply)
    (weights_left,) = ops_of(module, mhlo.Constant)
    scales = np.float32([2, 4, 8])
    np.testing.assert_array_equal(
        array_of(weights_left.value), array * (scales if shape == (2, 3) else scales[:, None])
    )


# What stays as it is.


@pytest.mark.parametrize(
    "text",
    [
        of_convolution("%r = mhlo.add %y, %mean"),  # nothing to gain
        of_convolution("%r = mhlo.subtract %mean, %y"),
        of_convolution("%r = mhlo.divide %mean, %y"),
        of_convolution("%0 = mhlo.multiply %y, %scale", "%r = mhlo.add %0, %y"),  # others read it
        of_convolution("%0 = mhlo.multiply %y, %y", "%r = mhlo.add %0, %mean"),
        of_convolution("%r = mhlo.multiply %y, %scale")
        .replace("@f(", "@f(%w: tensor<1x1x2x3xf32>, ")
        .replace(f"%w = mhlo.constant dense<{WEIGHTS}> : tensor<1x1x2x3xf32>", ""),
        of_convolution("%r = mhlo.multiply %y, %scale", scale="[1.0, 1.0e38, 1.0]"),  # too large
        of_convolution("%r = mhlo.divide %y, %scale", scale="[1.0, 0.0, 1.0]"),
        of_convolution("%r = mhlo.multiply %y, %scale", scale="[1.0, 1.0e-40, 1.0]"),  # too small
        of_convolution("%r = mhlo.multiply %y, %scale").replace("f32", "f16"),
        of_convolution("%r = mhlo.multiply %y, %c").replace(
            "%y =",
            f"%c = mhlo.constant dense<{[[[[1.5, 2.0, 3.0]] * 4] * 2 + [[[1.0, 2.0, 3.0]] * 4] * 2]}> : {T}\n%y =",
        ),
    ],
)
def test_what_stays(text: str) -> None:
    before = parse(text)
    run_passes(before, [Dce()])
    assert folded(text) == text_of(before)


def test_weights_that_others_read_stay() -> None:
    text = of_convolution("%r = mhlo.multiply %y, %scale").replace(f"-> {T} {{", f"-> ({T}, tensor<1x1x2x3xf32>) {{")
    text = text.replace(f"return %r : {T}", f"return %r, %w : {T}, tensor<1x1x2x3xf32>")
    assert "mhlo.multiply" in folded(text)


def test_a_channel_that_is_switched_off_is_folded() -> None:
    assert "mhlo.multiply" not in folded(of_convolution("%r = mhlo.multiply %y, %scale", scale="[1.0, 0.0, -1.0]"))
