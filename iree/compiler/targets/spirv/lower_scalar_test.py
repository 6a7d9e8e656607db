"""What each op becomes. What it computes is compared with NumPy on a device by test/spirv_kernels."""

import pytest

from iree.compiler.dialects.registry import make_context
from iree.compiler.ir.parser import parse_module
from iree.compiler.ir.printer import print_module
from iree.compiler.targets.spirv.lower_scalar import SCALAR_OPS
from iree.compiler.targets.spirv.write_module import module_words
from iree.testing.spirv_kernels import check_words, convert, disassemble, kernel_text

FLOAT = (
    *("arith.addf", "arith.subf", "arith.mulf", "arith.divf", "arith.maximumf", "arith.minimumf", "arith.maxnumf"),
    *("arith.minnumf", "math.copysign"),
)
INTEGER = (
    *("arith.addi", "arith.subi", "arith.muli", "arith.divsi", "arith.divui", "arith.remsi", "arith.remui"),
    *("arith.floordivsi", "arith.minsi", "arith.maxsi", "arith.minui", "arith.maxui", "arith.andi", "arith.ori"),
    *("arith.xori", "arith.shli", "arith.shrui", "arith.shrsi"),
)
TRUTH = (
    *("arith.addi", "arith.subi", "arith.muli", "arith.minsi", "arith.maxsi", "arith.minui", "arith.maxui"),
    *("arith.andi", "arith.ori", "arith.xori"),
)
FLOAT_UNARY = (
    *("arith.negf", "math.absf", "math.ceil", "math.floor", "math.roundeven", "math.sqrt", "math.rsqrt", "math.trunc"),
)
INTEGER_UNARY = ("math.absi", "math.ctpop", "math.ctlz", "math.cttz")
FLOAT_PREDICATES = (
    *("false", "oeq", "ogt", "oge", "olt", "ole", "one", "ord"),
    *("ueq", "ugt", "uge", "ult", "ule", "une", "uno", "true"),
)
INTEGER_PREDICATES = ("eq", "ne", "slt", "sle", "sgt", "sge", "ult", "ule", "ugt", "uge")
CASTS = (
    *("arith.fptosi %f : f32 to i32", "arith.fptoui %f : f32 to i32", "arith.sitofp %i : i32 to f32"),
    *("arith.uitofp %i : i32 to f32", "arith.sitofp %t : i1 to f32", "arith.uitofp %t : i1 to f32"),
    *("arith.extsi %t : i1 to i32", "arith.extui %t : i1 to i32", "arith.trunci %i : i32 to i1"),
    *("arith.bitcast %f : f32 to i32", "arith.bitcast %i : i32 to f32", "arith.bitcast %f : f32 to f32"),
    *("arith.bitcast %t : i1 to i1", "arith.index_cast %i : i32 to index", "arith.index_cast %x : index to i32"),
    *("arith.index_cast %t : i1 to index", "arith.index_cast %x : index to i1"),
    *("arith.fptosi %d : f64 to i64", "arith.fptoui %f : f32 to i64", "arith.sitofp %l : i64 to f32"),
    *("arith.uitofp %i : i32 to f64", "arith.sitofp %t : i1 to f64", "arith.uitofp %l : i64 to f64"),
    *("arith.extsi %i : i32 to i64", "arith.extui %t : i1 to i64", "arith.trunci %l : i64 to i32"),
    *("arith.extf %f : f32 to f64", "arith.truncf %d : f64 to f32", "arith.bitcast %l : i64 to f64"),
    *("arith.index_cast %l : i64 to index", "arith.index_cast %x : index to i64", "arith.trunci %l : i64 to i1"),
    *("arith.extsi %n : i8 to i32", "arith.extui %n : i8 to i32", "arith.trunci %i : i32 to i8"),
)
CONSTANTS = (
    "1.5 : f64",
    "-2 : i64",
    "1.5 : f32",
    "0x7FC00000 : f32",
    "-0.0 : f32",
    "-1 : i32",
    "true",
    "false",
    "7 : index",
)
TYPES = (("f", "f32"), ("i", "i32"), ("t", "i1"), ("x", "index"), ("d", "f64"), ("l", "i64"))

EXPRESSIONS = (
    *(f"{op} %f, %g : f32" for op in FLOAT),
    *(f"{op} %i, %j : i32" for op in INTEGER),
    *(f"{op} %x, %y : index" for op in INTEGER),
    *(f"{op} %d, %d : f64" for op in FLOAT),
    *(f"{op} %l, %l : i64" for op in INTEGER),
    *(f"{op} %d : f64" for op in FLOAT_UNARY),
    *(f"arith.cmpf {predicate}, %d, %d : f64" for predicate in FLOAT_PREDICATES),
    *(f"arith.cmpi {predicate}, %l, %l : i64" for predicate in INTEGER_PREDICATES),
    *(f"{op} %t, %t : i1" for op in TRUTH),
    *(f"{op} %f : f32" for op in FLOAT_UNARY),
    *(f"{op} %i : i32" for op in INTEGER_UNARY),
    *(f"arith.cmpf {predicate}, %f, %g : f32" for predicate in FLOAT_PREDICATES),
    *(f"arith.cmpi {predicate}, %i, %j : i32" for predicate in INTEGER_PREDICATES),
    *(f"arith.cmpi {predicate}, %x, %y : index" for predicate in INTEGER_PREDICATES),
    *(f"arith.cmpi {predicate}, %t, %t : i1" for predicate in INTEGER_PREDICATES),
    *(f"arith.select %t, %{value}, %{value} : {type_}" for value, type_ in TYPES),
    *(f"arith.constant {value}" for value in CONSTANTS),
    *CASTS,
    "math.fma %f, %g, %f : f32",
    '"gpu.global_id"() <{dimension = #gpu<dim y>}> : () -> index',
)

LOADS = """
    %f = memref.load %a[%x] : memref<4xf32>
    %g = memref.load %a[%y] : memref<4xf32>
    %i = memref.load %b[%x] : memref<4xi32>
    %j = memref.load %b[%y] : memref<4xi32>
    %t = memref.load %c[%x] : memref<4xi1>
"""
WIDE_LOADS = """
    %d = memref.load %dd[%x] : memref<4xf64>
    %l = memref.load %ll[%x] : memref<4xi64>
    %n = memref.load %nn[%x] : memref<4xi8>
"""


def text_of(*expressions: str) -> str:
    """A kernel that computes the expressions, the n-th as %rn."""
    lines = "\n".join(f"%r{number} = {expression}" for number, expression in enumerate(expressions))
    arguments = ["%a: memref<4xf32>", "%b: memref<4xi32>", "%c: memref<4xi1>"]
    wide = ["%dd: memref<4xf64>", "%ll: memref<4xi64>", "%nn: memref<4xi8>"]
    if any(name in lines for name in ("%d", "%l", "%n")):
        return kernel_text([*arguments, *wide], f"{WIDE_LOADS}{LOADS}{lines}")
    return kernel_text(arguments, f"{LOADS}{lines}")


def lowered(expression: str) -> list[str]:
    """The ops that one expression becomes."""
    lines = [line.strip() for line in print_module(convert(text_of(expression))).splitlines()]
    last_load = next(n for n, line in enumerate(lines) if "spirv.INotEqual" in line)
    return [line.partition(" = ")[2] for line in lines[last_load + 1 : lines.index("spirv.Return")]]


def test_every_op_is_among_the_expressions() -> None:
    module = parse_module(text_of(*EXPRESSIONS), "test.mlir", make_context())
    found = {type(op) for op in module.walk()}
    assert not set(SCALAR_OPS) - found


def test_every_op_has_valid_words() -> None:
    check_words(module_words(convert(text_of(*EXPRESSIONS))))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("arith.mulf %f, %g : f32", ["spirv.FMul %8, %12 : f32"]),
        ("arith.maxsi %i, %j : i32", ["spirv.GL.SMax %16, %20 : i32"]),
        ("arith.maxsi %t, %t : i1", ["spirv.LogicalAnd %27, %27 : i1"]),
        ("arith.divui %x, %y : index", ["spirv.UDiv %2, %3 : i32"]),
        ("arith.cmpf ult, %f, %g : f32", ["spirv.FUnordLessThan %8, %12 : f32"]),
        ("arith.cmpf true, %f, %g : f32", ["spirv.Constant true"]),
        ("arith.index_cast %i : i32 to index", []),
        (
            "arith.remsi %i, %j : i32",
            ["spirv.SDiv %16, %20 : i32", "spirv.IMul %28, %20 : i32", "spirv.ISub %16, %29 : i32"],
        ),
        (
            "arith.uitofp %t : i1 to f32",
            [
                "spirv.Constant 1.000000e+00 : f32",
                "spirv.Constant 0.000000e+00 : f32",
                "spirv.Select %27, %28, %29 : i1, f32",
            ],
        ),
        (
            "math.rsqrt %f : f32",
            ["spirv.GL.Sqrt %8 : f32", "spirv.Constant 1.000000e+00 : f32", "spirv.FDiv %29, %28 : f32"],
        ),
    ],
)
def test_what_an_op_becomes(expression: str, expected: list[str]) -> None:
    got = lowered(expression)
    assert sorted(got) == sorted(expected)


def test_a_constant_zero_in_arithmetic_is_hidden_once() -> None:
    """Drivers built on llvmpipe take x * 0.0 for 0.0, whatever x is."""
    text = print_module(
        convert(text_of("arith.constant 0.0 : f32", "arith.mulf %f, %r0 : f32", "arith.addf %f, %r0 : f32"))
    )
    assert text.count("spirv.Bitcast") == 1
    (zero,) = (line.split()[0] for line in text.splitlines() if "spirv.Bitcast" in line)
    assert text.count(f", {zero} : f32") == 2


def test_float_arithmetic_may_not_be_contracted() -> None:
    words = module_words(convert(text_of("arith.mulf %f, %g : f32", "arith.addf %r0, %f : f32", "math.sqrt %r1 : f32")))
    assert disassemble(words).count("NoContraction") == 2
