"""The two opcode tables: opcodes that module files hold may be added, never changed."""

from iree.schemas.interpreter_bytecode import INTERPRETER, PREDICATES
from iree.schemas.sequencer_bytecode import SEQUENCER

INTERPRETER_ROWS = """
00 constant tIxr, 04 return, 23 alloc_heap tIr, 36 dynamic_copy ssoss, 3d reshape sIr, 40 abs_f so,
41 abs_i so, 42 neg_f so, 43 neg_i so, 44 exp_f so, 45 expm1_f so, 46 log_f so, 47 log1p_f so, 48 sqrt_f so,
49 rsqrt_f so, 4a cbrt_f so, 4b sin_f so, 4c cos_f so, 4d tan_f so, 4e tanh_f so, 4f logistic_f so,
50 floor_f so, 51 ceil_f so, 52 round_even_f so, 53 round_away_f so, 54 sign_f so, 55 sign_i so,
56 is_finite_f so, 57 not so, 58 popcnt so, 59 clz so, 5a convert so, 5b copy so, 60 add_f sso, 61 add_i sso,
62 sub_f sso, 63 sub_i sso, 64 mul_f sso, 65 mul_i sso, 66 div_f sso, 67 div_i_s sso, 68 div_i_u sso,
69 rem_f sso, 6a rem_i_s sso, 6b rem_i_u sso, 6c pow_f sso, 6d pow_i sso, 6e atan2_f sso, 6f min_f sso,
70 min_i_s sso, 71 min_i_u sso, 72 max_f sso, 73 max_i_s sso, 74 max_i_u sso, 75 and sso, 76 or sso,
77 xor sso, 78 sll sso, 79 srl sso, 7a sra sso, 80 cmp_f psso, 81 cmp_i_s psso, 82 cmp_i_u psso,
83 select ssso, 84 clamp_f ssso, 85 clamp_i_s ssso, 86 clamp_i_u ssso, 90 broadcast_in_dim sIo,
91 transpose sIo, 92 slice sIIo, 93 pad ssIIIo, 94 concatenate SIo, 95 reverse sIo, 96 iota Io,
a0 reduce_sum_f ssIo, a1 reduce_sum_i ssIo, a2 reduce_prod_f ssIo, a3 reduce_prod_i ssIo, a4 reduce_min_f ssIo,
a5 reduce_min_i_s ssIo, a6 reduce_min_i_u ssIo, a7 reduce_max_f ssIo, a8 reduce_max_i_s ssIo,
a9 reduce_max_i_u ssIo, aa reduce_and ssIo, ab reduce_or ssIo, ac reduce_xor ssIo, b0 dot_general_f ssIIIIo,
b1 dot_general_i ssIIIIo,
d0 convolution_f ssIIIIIIIIIIo, d1 convolution_i ssIIIIIIIIIIo, d2 window_sum_f ssIIIIIIo,
d3 window_sum_i ssIIIIIIo, d4 window_prod_f ssIIIIIIo, d5 window_prod_i ssIIIIIIo, d6 window_min_f ssIIIIIIo,
d7 window_min_i_s ssIIIIIIo, d8 window_min_i_u ssIIIIIIo, d9 window_max_f ssIIIIIIo,
da window_max_i_s ssIIIIIIo, db window_max_i_u ssIIIIIIo, dc window_and ssIIIIIIo, dd window_or ssIIIIIIo,
de window_xor ssIIIIIIo
"""


def test_sequencer_opcodes_stay() -> None:
    assert {f"{i.opcode:02x} {i.name} {i.operands}" for i in SEQUENCER.by_opcode.values()} >= {
        "00 constant kr", "01 call fSR", "02 while ffISSR", "03 case sFSR", "04 return S",
        "06 global_load gr", "07 global_store gs", "11 static_dispatch dISO",
        "12 dynamic_dispatch dIISO", "13 barrier ", "14 execute fS",
        "23 alloc_heap tIr", "24 alloc_stack Ir", "25 static_slice tIsIr",
        "37 static_copy sIoII", "3d reshape sIr",
    }  # fmt: skip


def test_interpreter_opcodes_stay() -> None:
    rows = {f"{i.opcode:02x} {i.name} {i.operands}".strip() for i in INTERPRETER.by_opcode.values()}
    assert rows >= set(INTERPRETER_ROWS.strip().replace(",\n", ", ").split(", "))


def test_predicates_stay() -> None:
    assert PREDICATES == ("eq", "ne", "lt", "le", "gt", "ge")
