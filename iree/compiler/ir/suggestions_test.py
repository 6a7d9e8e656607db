from iree.compiler.dialects.registry import make_context
from iree.compiler.ir.suggestions import nearest, unknown_operation


def test_nearest_names_what_is_alike_and_nothing_else():
    assert nearest("mulff", ["addf", "mulf"]) == " (did you mean 'mulf'?)"
    assert nearest("zzz", ["addf", "mulf"]) == ""


def test_an_unknown_operation_is_compared_with_those_of_its_dialect():
    context = make_context()
    assert "did you mean 'func.call'?" in unknown_operation("func.cal", "func.cal", context)


def test_an_unknown_dialect_lists_those_that_are_known():
    text = unknown_operation("x.y", "x.y", make_context())
    assert text.startswith("unknown dialect 'x' of operation 'x.y'; known: affine, arith, builtin, ")


def test_an_operation_is_compared_without_its_dialect_and_spelled_with_the_texts():
    context = make_context()
    assert unknown_operation("stablehlo.zz", "mhlo.zz", context) == "unknown operation 'stablehlo.zz'"
    assert unknown_operation("stablehlo.multiplyy", "mhlo.multiplyy", context) == (
        "unknown operation 'stablehlo.multiplyy' (did you mean 'stablehlo.multiply'?)"
    )
