import pytest

from iree.compiler.ir.diagnostics import CompileError
from iree.testing.ir import check_round_trip, parse

LEGAL = (
    "i8:f32, 0.5",
    "i8:f32, 0.5:-3",
    "u8:f32, 0.25:128",
    "i8<-127:127>:f32, 1e-05",
    "i4:f32:1, {0.5, 0.25:3}",
    "i32:bf16, 0.125",
)


@pytest.mark.parametrize("text", LEGAL)
def test_a_quantized_type_is_read_and_printed(text: str) -> None:
    type_ = f"!quant.uniform<{text}>"
    module = check_round_trip(f"func.func private @f(tensor<2x2x{type_}>)")
    assert type_ in str(module)


@pytest.mark.parametrize("text", ["i8:f32", "i8:i32, 0.5", "i8:f32, {0.5}", "i8:f32:1, 0.5", "f8:f32, 0.5", "i8, 0.5"])
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(CompileError, match="is no uniform quantization: expected i8:f32, 0.5:3 or"):
        parse(f"func.func private @f(tensor<2x2x!quant.uniform<{text}>>)")
