from typing import Any

import pytest
from xdsl.dialects.builtin import i32
from xdsl.utils.exceptions import VerifyException

from iree.compiler.dialects.spirv.structure import GlobalVariable, Requirements
from iree.compiler.dialects.spirv.types import INPUT, PointerType
from iree.compiler.ir.compare import difference
from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.rewriting import ops_of
from iree.compiler.ir.verifier import verify
from iree.testing.ir import check_round_trip, parse

TODAY = """
    spirv.module Logical GLSL450 requires #spirv.vce<v1.0, [Shader], [SPV_KHR_storage_buffer_storage_class]> {
      spirv.GlobalVariable @id built_in("GlobalInvocationId") : !spirv.ptr<vector<3xi32>, Input>
      spirv.GlobalVariable @f_arg_0 bind(0, 1)
          : !spirv.ptr<!spirv.struct<(!spirv.array<4 x f32, stride=4> [0])>, StorageBuffer>
      func.func @f() {
        %0 = spirv.mlir.addressof @id : !spirv.ptr<vector<3xi32>, Input>
        spirv.Return
      }
      spirv.EntryPoint "GLCompute" @f, @id
      spirv.ExecutionMode @f "LocalSize", 8, 2, 1
    }
"""

WALKTHROUGH = """
    spv.module "Logical" "GLSL450" {
      spv.globalVariable @id built_in("GlobalInvocationId") : !spv.ptr<vector<3xi32>, Input>
      spv.globalVariable @f_arg_0 bind(0, 1) : !spv.ptr<!spv.struct<!spv.array<4 x f32 [4]> [0]>, StorageBuffer>
      func @f() {
        %0 = spv._address_of @id : !spv.ptr<vector<3xi32>, Input>
        spv.Return
      }
      spv.EntryPoint "GLCompute" @f, @id
      spv.ExecutionMode @f "LocalSize", 8, 2, 1
    } attributes {capabilities = ["Shader"], extensions = ["SPV_KHR_storage_buffer_storage_class"]}
"""


@pytest.mark.parametrize("text", [TODAY, WALKTHROUGH])
def test_a_module_is_read_and_printed(text: str) -> None:
    check_round_trip(text)


def test_both_spellings_mean_the_same() -> None:
    assert difference(parse(TODAY), parse(WALKTHROUGH)) is None


def test_a_module_says_what_it_requires() -> None:
    with pytest.raises(CompileError, match=r"expected requires #spirv\.vce<\.\.\.>, or attributes \{capabilities"):
        parse("spirv.module Logical GLSL450 { }")


def test_a_version_is_a_version() -> None:
    with pytest.raises(VerifyException, match=r"1\.0 is no SPIR-V version; write v1\.0"):
        Requirements.of(["Shader"], [], version="1.0")


def test_a_variable_is_a_pointer() -> None:
    with pytest.raises(CompileError, match=r"expected !spirv\.ptr<\.\.\.>"):
        parse(TODAY.replace("!spirv.ptr<vector<3xi32>, Input>", "vector<3xi32>", 1))


@pytest.mark.parametrize("given", [{}, {"bind": (0, 0), "built_in": "GlobalInvocationId"}])
def test_global_variable_c1(given: dict[str, Any]) -> None:
    variable = GlobalVariable("x", PointerType.of(i32, INPUT), **given)
    with pytest.raises(CompileError, match=r"spirv\.GlobalVariable C1: needs bind\(set, binding\) or built_in"):
        verify(variable)


def test_a_binding_of_zero_is_a_binding() -> None:
    variables = ops_of(parse(TODAY.replace("bind(0, 1)", "bind(0, 0)")), GlobalVariable)
    assert "bind(0, 0)" in str(variables[1])


def test_variables_that_may_be_one_buffer() -> None:
    check_round_trip("""
        spirv.module Logical GLSL450 requires #spirv.vce<v1.0, [Shader], []> {
          spirv.GlobalVariable @a bind(0, 0) aliased : !spirv.ptr<!spirv.struct<(f32 [0])>, StorageBuffer>
        }
    """)
