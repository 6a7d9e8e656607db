from iree.compiler.dialects import sdy
from iree.compiler.ir.rewriting import ops_of
from iree.testing.ir import check_round_trip


def test_text_forms() -> None:
    module = check_round_trip("""
        sdy.mesh @mesh = <["x"=1, "y"=2], device_ids=[1, 0]> {stablehlo.mesh = {axes = []}}
        func.func @f(%x: tensor<4xf32> {sdy.sharding = #sdy.sharding<@mesh, [{"x"}]>}) -> tensor<4xf32> {
          %0 = sdy.sharding_constraint %x <@mesh, [{?}, {"x"}p0]> {a = 1 : i32} : tensor<4xf32>
          %1 = mhlo.add %0, %0 {sdy.sharding = #sdy.sharding_per_value<[<@mesh, [{}]>]>} : tensor<4xf32>
          %2 = mhlo.add %1, %1 {sdy.sharding_rule = #sdy.op_sharding_rule<([i])->([i]) {i=4}, custom>} : tensor<4xf32>
          return %2 : tensor<4xf32>
        }
    """)
    (mesh,) = ops_of(module, sdy.Mesh)
    assert mesh.mesh.text.data == '["x"=1, "y"=2], device_ids=[1, 0]'
    (constraint,) = ops_of(module, sdy.ShardingConstraint)
    assert constraint.sharding.text.data == '@mesh, [{?}, {"x"}p0]'
