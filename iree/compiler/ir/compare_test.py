import pytest

from iree.compiler.ir.compare import difference
from iree.testing.ir import parse

TEXT = """
    func.func @f(%x: f32, %c: i1) -> f32 attributes {a, b = 1 : i32} {
      %0 = arith.constant 2.0 : f32
      %1 = arith.mulf %x, %0 : f32
      cf.cond_br %c, ^a, ^b
    ^a:
      return %1 : f32
    ^b:
      return %x : f32
    }
"""


def test_equal_modules_have_no_difference():
    assert difference(parse(TEXT), parse(TEXT)) is None
    module = parse(TEXT)
    assert difference(module, module.clone()) is None


def test_names_places_and_the_order_of_attributes_do_not_count():
    other = TEXT.replace("%x", "%y").replace("^a", "^left").replace("{a, b = 1 : i32}", "{b = 1 : i32, a}")
    assert difference(parse(TEXT), parse("\n\n" + other)) is None


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("mulf", "addf", "arith.mulf against arith.addf"),
        ("2.0", "3.0", "property value: 2.000000e+00 : f32 against 3.000000e+00 : f32"),
        ("%x, %0", "%x, %x", "arith.mulf 1: operand 1 is another value"),
        ("{a, b", "{c, b", "attribute a is only in the first"),
        ("{a, b", "{a, a2, b", "attribute a2 is only in the second"),
        ("@f", "@g", 'property sym_name: "f" against "g"'),
        ("^a, ^b", "^b, ^a", "other successors"),
        ("%1 = ", "%2 = arith.negf %x : f32\n%1 = ", "arith.mulf against arith.negf"),
        ("return %x", "%9 = arith.negf %x : f32\nreturn %x", "func.return against arith.negf"),
        ("%c: i1", "%c: i1, %d: i1", "property function_type"),
    ],
)
def test_the_first_difference_is_named(old, new, found):
    text = difference(parse(TEXT), parse(TEXT.replace(old, new)))
    assert text is not None
    assert found in text
    assert text.startswith("builtin.module")


@pytest.mark.parametrize(
    ("a", "b", "found"),
    [
        (
            "module { }",
            "module { module { } }",
            "0 operations against 1; the first that is only in one is builtin.module",
        ),
        ("module { module { } }", "module { }", "1 operations against 0"),
        ("func.func @f() { return }", "func.func @f() {\n cf.br ^a\n^a:\n return }", "1 blocks against 2"),
        (
            'func.func @f() {\n%0 = "builtin.unrealized_conversion_cast"() : () -> i32\nreturn\n}',
            'func.func @f() {\n%0 = "builtin.unrealized_conversion_cast"() : () -> f32\nreturn\n}',
            "builtin.unrealized_conversion_cast 0: result 0: i32 against f32",
        ),
        (
            'func.func @f() {\n%0 = "builtin.unrealized_conversion_cast"() : () -> i32\nreturn\n}',
            'func.func @f() {\n%0:2 = "builtin.unrealized_conversion_cast"() : () -> (i32, i32)\nreturn\n}',
            "1 results against 2",
        ),
        (
            'func.func @f(%x: f32) {\n%0 = "builtin.unrealized_conversion_cast"(%x) : (f32) -> i32\nreturn\n}',
            'func.func @f(%x: f32) {\n%0 = "builtin.unrealized_conversion_cast"(%x, %x) : (f32, f32) -> i32\nreturn\n}',
            "1 operands against 2",
        ),
    ],
)
def test_other_shapes_of_a_module_are_named(a, b, found):
    text = difference(parse(a), parse(b))
    assert text is not None
    assert found in text


def test_arguments_of_blocks_are_compared():
    text = "func.func @f(%x: f32) {{\n cf.br ^a({0} : {1})\n^a(%y: {1}):\n return\n}}"
    one, other = parse(text.format("%x", "f32")), parse("func.func @f(%x: f32) {\n cf.br ^a\n^a:\n return\n}")
    one.body.block.first_op.body.blocks[0].last_op.operands = []
    assert difference(one, other) == "builtin.module > func.func @f: 1 arguments against 0"


def test_regions_are_counted():
    one = parse("func.func @f(%c: i1) {\n scf.if %c { }\n return\n}")
    other = one.clone()
    region = next(op for op in other.walk() if op.name == "scf.if")
    region.detach_region(1)
    assert difference(one, other) == "builtin.module > func.func @f > scf.if 0: 2 regions against 1"


def test_large_constants_are_not_printed():
    text = "%0 = arith.constant dense<[{}]> : tensor<1000xi32>"
    one = parse(text.format(", ".join(map(str, range(1000)))))
    other = parse(text.format(", ".join(map(str, range(1, 1001)))))
    assert "dense<...> : tensor<1000xi32> against dense<...>" in (difference(one, other) or "")
