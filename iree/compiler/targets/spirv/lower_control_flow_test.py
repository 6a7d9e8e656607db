import pytest

from iree.compiler.ir.printer import print_module
from iree.compiler.targets.spirv.write_module import module_words
from iree.testing.spirv_kernels import check_words, convert, kernel_text

BUFFER = "memref<8xf32>"


def body_of(arguments: list[str], body: str) -> list[str]:
    """The lines of the function after the invocation's position, and a check of the words."""
    module = convert(kernel_text(arguments, body))
    check_words(module_words(module))
    lines = [line.strip() for line in print_module(module).splitlines()]
    return lines[lines.index("func.func @f() {") + 6 : lines.index("spirv.Return")]


def test_a_loop_carries_values_in_block_arguments() -> None:
    body = """
        %c0 = arith.constant 0 : index
        %c1 = arith.constant 1 : index
        %f = arith.constant 1.0 : f32
        %t = arith.constant true
        %sum, %flag = scf.for %i = %c0 to %x step %c1 iter_args(%acc = %f, %seen = %t) -> (f32, i1) {
          %next = arith.addf %acc, %acc : f32
          scf.yield %next, %seen : f32, i1
        }
        %twice = arith.addf %sum, %sum : f32
    """
    assert body_of([], body) == [
        "%5 = spirv.Constant 0 : i32",
        "%6 = spirv.Constant 1 : i32",
        "%7 = spirv.Constant 1.000000e+00 : f32",
        "%8 = spirv.Constant true",
        "%9:2 = spirv.mlir.loop -> (f32, i1) {",
        "spirv.Branch ^bb1(%5, %7, %8 : i32, f32, i1)",
        "^bb1(%11: i32, %12: f32, %13: i1):",
        "%14 = spirv.SLessThan %11, %2 : i32",
        "spirv.BranchConditional %14, ^bb2, ^bb4",
        "^bb2:",
        "%15 = spirv.FAdd %12, %12 : f32",
        "spirv.Branch ^bb3",
        "^bb3:",
        "%16 = spirv.IAdd %11, %6 : i32",
        "spirv.Branch ^bb1(%16, %15, %13 : i32, f32, i1)",
        "^bb4:",
        "spirv.mlir.merge %12, %13 : f32, i1",
        "}",
        "%10 = spirv.FAdd %9#0, %9#0 : f32",
    ]


def test_a_selection_hands_out_what_its_branches_yield() -> None:
    body = f"""
        %c1 = arith.constant 1 : index
        %less = arith.cmpi slt, %x, %c1 : index
        %r = scf.if %less -> (f32) {{
          %v = memref.load %a[%x] : {BUFFER}
          scf.yield %v : f32
        }} else {{
          %f = arith.constant 1.0 : f32
          scf.yield %f : f32
        }}
        %twice = arith.addf %r, %r : f32
    """
    lines = body_of([f"%a: {BUFFER}"], body)
    assert [line for line in lines if "addressof" not in line and "AccessChain" not in line] == [
        "%5 = spirv.Constant 1 : i32",
        "%6 = spirv.SLessThan %2, %5 : i32",
        "%7 = spirv.mlir.selection -> f32 {",
        "spirv.BranchConditional %6, ^bb1, ^bb2",
        "^bb1:",
        "%10 = spirv.Constant 0 : i32",
        '%12 = spirv.Load "StorageBuffer" %11 : f32',
        "spirv.Branch ^bb3(%12 : f32)",
        "^bb2:",
        "%13 = spirv.Constant 1.000000e+00 : f32",
        "spirv.Branch ^bb3(%13 : f32)",
        "^bb3(%14: f32):",
        "spirv.mlir.merge %14 : f32",
        "}",
        "%8 = spirv.FAdd %7, %7 : f32",
    ]


def test_a_selection_of_one_branch_goes_on_at_the_merge() -> None:
    body = f"""
        %t = arith.constant true
        %f = arith.constant 1.0 : f32
        scf.if %t {{
          memref.store %f, %a[%x] : {BUFFER}
        }}
    """
    lines = body_of([f"%a: {BUFFER}"], body)
    assert "spirv.BranchConditional %5, ^bb1, ^bb2" in lines
    assert lines[-4:] == ["spirv.Branch ^bb2", "^bb2:", "spirv.mlir.merge", "}"]


def test_what_is_nested_is_valid() -> None:
    body = """
        %c0 = arith.constant 0 : index
        %c1 = arith.constant 1 : index
        %zero = arith.constant 0 : i32
        %t = arith.constant true
        %n = scf.for %i = %c0 to %x step %c1 iter_args(%acc = %zero) -> (i32) {
          %m = scf.for %j = %c0 to %i step %c1 iter_args(%inner = %acc) -> (i32) {
            %p = scf.if %t -> (i32) {
              %q = scf.if %t -> (i32) {
                scf.yield %inner : i32
              } else {
                %k = arith.index_cast %j : index to i32
                scf.yield %k : i32
              }
              scf.yield %q : i32
            } else {
              scf.for %l = %c0 to %j step %c1 {
                memref.store %inner, %a[%l] : memref<8xi32>
              }
              scf.yield %zero : i32
            }
            scf.yield %p : i32
          }
          scf.yield %m : i32
        }
        memref.store %n, %a[%x] : memref<8xi32>
    """
    assert sum("spirv.mlir.loop" in line for line in body_of(["%a: memref<8xi32>"], body)) == 3


@pytest.mark.parametrize(
    ("end", "step", "is_limited"),
    [
        ("%c8", "%c4", False),
        ("%x", "%c1", False),
        ("%x", "%c4", True),
        ("%c8", "%x", True),
        ("%most", "%c1", False),
        ("%most", "%c4", True),
    ],
)
def test_a_counter_never_wraps(end: str, step: str, is_limited: bool) -> None:
    constants = {"c0": 0, "c1": 1, "c4": 4, "c8": 8, "most": 2**31 - 1}
    lines = [f"%{name} = arith.constant {value} : index" for name, value in constants.items()]
    loop = f"scf.for %i = %c0 to {end} step {step} {{ }}"
    assert ("spirv.GL.SMin" in "\n".join(body_of([], "\n".join([*lines, loop])))) == is_limited
