"""What the C of a program is called by: names, parameters, the header around them."""

import re

import pytest

from iree.compiler.codegen.runtimeless_c.interface import Export, Interface, Signature
from iree.compiler.codegen.runtimeless_c.names import Names
from iree.compiler.ir.diagnostics import CompileError
from iree.testing.ir import parse

PROGRAM = """
    func.func @model(%image: memref<2x3xf32>, %arena: memref<i1>) -> (memref<2xi64>, memref<f16>) attributes {iree.module.export} {
      %0 = "iree_ll_seq.alloc_heap"() : () -> memref<2xi64>
      %1 = "iree_ll_seq.alloc_heap"() : () -> memref<f16>
      iree_ll_seq.return %0, %1 : memref<2xi64>, memref<f16>
    }
    func.func @reset() attributes {iree.module.export} {
      iree_ll_seq.return
    }
    func.func @body(%0: memref<4xui8>) {
      iree_ll_seq.return
    }
"""  # noqa: E501


def interface(text: str = PROGRAM, file: str = "model") -> Interface:
    return Interface(parse(text), file, Names(set()), {"arena"})


def test_exports_begin_with_the_files_name() -> None:
    names = {own: signature.name for own, signature in interface().signatures.items()}
    assert names == {"model": "model", "reset": "model_reset", "body": "body"}
    names = {own: signature.name for own, signature in interface(file="my-net").signatures.items()}
    assert names == {"model": "my_net_model", "reset": "my_net_reset", "body": "body"}


def test_parameters_are_named_as_in_the_program_where_that_is_free() -> None:
    found = interface()
    assert found.signatures["model"] == Signature("model", ["image", "arena1"], ["result0", "result1"])
    assert found.signatures["body"].arguments == ["arg0"]
    assert found.parameters("model") == [
        "const float *image", "const uint8_t *arena1", "int64_t *result0", "uint16_t *result1"
    ]  # fmt: skip


def test_what_is_exported_is_listed() -> None:
    first, second = interface().listed()
    assert (first.name, first.symbol, second) == ("model", "model", Export("reset", "model_reset", [], []))
    assert [str(type_) for type_ in (*first.arguments, *first.results)] == [
        "memref<2x3xf32>", "memref<i1>", "memref<2xi64>", "memref<f16>"
    ]  # fmt: skip


def test_comments_say_what_arrays_hold() -> None:
    found = interface()
    model, reset, _ = found.functions.values()
    lines = [line.strip() for line in found.described(model).splitlines()]
    assert [line.split(":")[0] for line in lines] == ["image", "arena1", "result0", "result1"]
    assert lines[0] == "image: f32[2][3], 6 elements"
    assert found.described(reset) == "Takes and gives nothing."


def test_macros_of_the_header_are_not_given_again() -> None:
    found = interface(file="f")
    assert {"F_H", "F_ARENA_BYTES", "F_WEIGHTS_BYTES", "F_WEIGHTS_CRC32"} <= found.names.taken


def test_the_header_serves_c_and_cplusplus_once() -> None:
    header = interface(file="my-net").header("a network.", "#include <stdint.h>", ["void f(void);\n"])
    assert header.startswith("/* my-net.h: a network. */\n")
    assert re.findall(r"^#(?:ifndef|define|endif).*$", header, re.MULTILINE) == [
        "#ifndef MY_NET_H", "#define MY_NET_H", "#endif", "#endif", "#endif /* MY_NET_H */"
    ]  # fmt: skip
    before, after = header.split("void f(void);\n")
    assert before.count('extern "C" {') == 1
    assert after.count("}") == 1


def test_all_that_c_has_no_type_for_is_said() -> None:
    text = PROGRAM.replace("2x3xf32", "?x3xf32").replace("4xui8", "?xui8")
    with pytest.raises(CompileError) as raised:
        interface(text)
    assert len(raised.value.problems) == 2
