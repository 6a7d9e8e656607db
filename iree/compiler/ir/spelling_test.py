from iree.compiler.ir.spelling import op_name_of


def test_spellings_in_no_table_stay():
    assert op_name_of("arith.addf") == "arith.addf"
    assert op_name_of("addf") == "addf"


def test_prefixes_are_replaced():
    assert op_name_of("stablehlo.add") == "mhlo.add"
    assert op_name_of("spv.FMul") == "spirv.FMul"
