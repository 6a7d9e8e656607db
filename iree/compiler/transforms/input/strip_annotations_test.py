import pytest

from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.pass_manager import run_passes
from iree.compiler.transforms.input.strip_annotations import StripAnnotations
from iree.testing.ir import check_pass, parse


def test_what_frontends_write_beside_a_program_goes_and_what_is_ours_stays() -> None:
    check_pass(
        StripAnnotations(),
        before="""
            module @jit_f attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32, tf.versions = {a = 1 : i32}} {
              func.func public @main(%x: tensor<4xf32> {mhlo.sharding = "{replicated}"}, %y: tensor<4xf32>)
                  -> (tensor<4xf32> {jax.result_info = "result"})
                  attributes {allow_soft_placement = false, iree.module.export} {
                %0 = mhlo.add %x, %y {mhlo.frontend_attributes = {grad_x = "false"}, _a = 1 : i32, iree.note = 2 : i32} : tensor<4xf32>
                return %0 : tensor<4xf32>
              }
            }
        """,  # noqa: E501
        after="""
            module @jit_f {
              func.func public @main(%x: tensor<4xf32>, %y: tensor<4xf32>) -> tensor<4xf32> attributes {iree.module.export} {
                %0 = mhlo.add %x, %y {iree.note = 2 : i32} : tensor<4xf32>
                return %0 : tensor<4xf32>
              }
            }
        """,  # noqa: E501
    )


def test_what_callers_give_up_stays_known() -> None:
    check_pass(
        StripAnnotations(),
        before="""
            func.func @f(%x: tensor<4xf32> {tf.aliasing_output = 0 : i32}, %y: tensor<4xf32> {mhlo.sharding = ""}, %z: tensor<4xf32> {jax.buffer_donor = true}) {
              return
            }
        """,  # noqa: E501
        after="""
            func.func @f(%x: tensor<4xf32> {iree.donated}, %y: tensor<4xf32>, %z: tensor<4xf32> {iree.donated}) {
              return
            }
        """,
    )


def test_layouts_go() -> None:
    check_pass(
        StripAnnotations(),
        before="""
        func.func @f(%x: tensor<2x3xf32>) -> tensor<3x2xf32> {
          %0 = "mhlo.transpose"(%x) <{permutation = dense<[1, 0]> : tensor<2xi64>}>
              {result_layout = dense<[0, 1]> : tensor<2xindex>, xla_shape = "f32[3,2]{0,1}"}
              : (tensor<2x3xf32>) -> tensor<3x2xf32>
          return %0 : tensor<3x2xf32>
        }
        """,
        after="""
        func.func @f(%x: tensor<2x3xf32>) -> tensor<3x2xf32> {
          %0 = mhlo.transpose %x, dims = [1, 0] : (tensor<2x3xf32>) -> tensor<3x2xf32>
          return %0 : tensor<3x2xf32>
        }
        """,
    )


def test_arguments_keep_our_attributes() -> None:
    check_pass(
        StripAnnotations(),
        before="""
            func.func @f(%x: tensor<4xf32> {iree.note = 1 : i32, tf.note = 2 : i32}, %y: tensor<4xf32> {tf.note = 3 : i32}) {
              return
            }
        """,  # noqa: E501
        after="""
            func.func @f(%x: tensor<4xf32> {iree.note = 1 : i32}, %y: tensor<4xf32>) {
              return
            }
        """,
    )


def _refusal(text: str) -> str:
    with pytest.raises(CompileError) as error:
        run_passes(parse(text, "model.mlir"), [StripAnnotations()])
    return str(error.value)


@pytest.mark.parametrize("what", ["partitions", "replicas"])
def test_a_program_for_several_devices_is_refused(what: str) -> None:
    text = f"module attributes {{mhlo.num_{what} = 2 : i32}} {{ func.func @f() {{ return }} }}"
    assert f"builtin.module: the program is for 2 {what}; only programs for one device are supported" in _refusal(text)


def test_unknown_attributes_of_operations_are_refused_together() -> None:
    text = """func.func @f(%x: tensor<4xf32>) {
      %0 = mhlo.abs %x {dimensons = 1 : i64} : tensor<4xf32>
      %1 = mhlo.abs %x {foo} : tensor<4xf32>
      return
    }"""
    message = _refusal(text)
    assert "model.mlir:2:12: mhlo.abs: there is no attribute 'dimensons'" in message
    assert "model.mlir:3:12: mhlo.abs: there is no attribute 'foo'" in message


def test_shardings_go() -> None:
    check_pass(
        StripAnnotations(),
        before="""
            sdy.mesh @mesh = <["x"=1]> {stablehlo.mesh = {axes = []}}
            func.func @f(%x: tensor<4xf32> {sdy.sharding = #sdy.sharding<@mesh, [{"x"}]>}) -> tensor<4xf32> {
              %0 = sdy.sharding_constraint %x <@mesh, [{"x"}]> : tensor<4xf32>
              return %0 : tensor<4xf32>
            }
        """,
        after="""
            func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
              return %x : tensor<4xf32>
            }
        """,
    )


def test_custom_calls_that_place_a_value_go() -> None:
    check_pass(
        StripAnnotations(),
        before="""
            func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
              %0 = mhlo.custom_call @Sharding(%x) {backend_config = "", mhlo.sharding = "{replicated}"} : (tensor<4xf32>) -> tensor<4xf32>
              %1 = mhlo.custom_call @sharding(%0) : (tensor<4xf32>) -> tensor<4xf32>
              return %1 : tensor<4xf32>
            }
        """,  # noqa: E501
        after="""
            func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
              %0 = mhlo.custom_call @sharding(%x) : (tensor<4xf32>) -> tensor<4xf32>
              return %0 : tensor<4xf32>
            }
        """,
    )
