import pytest

from iree.compiler.dialects import mhlo
from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.rewriting import ops_of, replace
from iree.compiler.transforms.common.expression import Emitter, Expression
from iree.compiler.transforms.common.whole_tensor_bodies import apply_body, require_known
from iree.testing.ir import parse, text_of

_REDUCE = """
func.func @f(%x: tensor<4xf32>, %y: tensor<{size}xf32>, %i: tensor<f32>) -> tensor<f32> {{
  %0 = mhlo.reduce(%y init: %i) across dimensions = [0] : (tensor<{size}xf32>, tensor<f32>) -> tensor<f32>
   reducer(%a: tensor<f32>, %b: tensor<f32>) {{
    %c = mhlo.constant dense<2.0> : tensor<f32>
    %1 = mhlo.exponential %a : tensor<f32>
    %2 = mhlo.multiply %b, %c : tensor<f32>
    %3 = mhlo.add %a, %2 : tensor<f32>
    mhlo.return %3 : tensor<f32>
  }}
  return %0 : tensor<f32>
}}
"""


def test_a_body_on_tensors_leaves_out_what_it_does_not_return() -> None:
    module = parse(_REDUCE.format(size=4))
    (reduce,) = ops_of(module, mhlo.Reduce)
    emitter = Emitter()
    x = Expression(emitter, reduce.inputs[0])
    (result,) = apply_body(reduce.body.block, [x, x.like(1.0)])
    result.slice(0, 0, 1)
    replace(reduce, emitter.ops, [reduce.init_values[0]])
    assert "exponential" not in text_of(module)
    assert "%4 = mhlo.multiply %1, %3 : tensor<4xf32>" in text_of(module)
    assert "%5 = mhlo.add %y, %4 : tensor<4xf32>" in text_of(module)


def test_a_body_can_give_any_of_its_values() -> None:
    (reduce,) = ops_of(parse(_REDUCE.format(size=4)), mhlo.Reduce)
    emitter, block = Emitter(), reduce.body.block
    wanted = next(op for op in block.ops if isinstance(op, mhlo.Exponential)).result
    (result,) = apply_body(block, [Expression(emitter, reduce.inputs[0])] * 2, [wanted])
    assert [op.name for op in emitter.ops] == ["mhlo.exponential"]
    assert result.value is emitter.ops[0].results[0]


@pytest.mark.parametrize("size", ["?", "[d0]"])
def test_sizes_have_to_be_known(size: str) -> None:
    (known,) = ops_of(parse(_REDUCE.format(size=4)), mhlo.Reduce)
    require_known(known, known.inputs[0])
    (reduce,) = ops_of(parse(_REDUCE.format(size=size), "m.mlir"), mhlo.Reduce)
    require_known(reduce, reduce.inputs[0], [])
    with pytest.raises(CompileError, match=r"^m.mlir:3:8: mhlo.reduce: dimension 0 of tensor<.*> has a size that only"):
        require_known(reduce, reduce.inputs[0])
