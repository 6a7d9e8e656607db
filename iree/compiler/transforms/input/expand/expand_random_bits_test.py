import pytest

from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.pass_manager import run_passes
from iree.compiler.ir.printer import print_module
from iree.compiler.transforms.input.expand.expand_random_bits import ExpandRandomBits
from iree.testing.ir import parse


def generator(state: str, output: str, algorithm: str = "THREE_FRY") -> str:
    return f"""
        func.func @f(%a: {state}) -> ({state}, {output}) {{
          %0, %1 = stablehlo.rng_bit_generator %a, algorithm = {algorithm} : ({state}) -> ({state}, {output})
          return %0, %1 : {state}, {output}
        }}
    """


@pytest.mark.parametrize("algorithm", ["THREE_FRY", "PHILOX", "DEFAULT"])
def test_random_bits_are_integer_arithmetic_on_32_bits(algorithm: str) -> None:
    module = parse(generator("tensor<2xui64>", "tensor<5xui32>", algorithm))
    run_passes(module, [ExpandRandomBits()])
    text = print_module(module)
    assert "rng_bit_generator" not in text
    wide = [line for line in text.splitlines() if "xui64" in line and "mhlo.multiply" in line]
    assert not wide


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (generator("tensor<3xui64>", "tensor<5xui32>"), "the state of THREE_FRY is tensor<2xui64>, not tensor<3xui64>"),
        (
            generator("tensor<4xui32>", "tensor<5xui32>", "PHILOX"),
            "the state of PHILOX is tensor<2xui64> or tensor<3xui64>, not tensor<4xui32>",
        ),
        (generator("tensor<2xui64>", "tensor<5xf32>"), "gives integers of 8 to 64 bits, not f32"),
    ],
)
def test_other_states_and_outputs_are_refused(text: str, reason: str) -> None:
    with pytest.raises(CompileError) as error:
        run_passes(parse(text), [ExpandRandomBits()])
    assert reason in str(error.value)
