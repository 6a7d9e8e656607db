"""What the reference interpreter does: one instruction for each iree_ll_interp op, each a whole-tensor operation.

Types are those of the locals: an argument's comes from the function, others' from the instruction that defines them.
_f is for floats, _i for integers of either sign, _i_s and _i_u where the sign matters. What TAKES_COMPLEX names is for
complex numbers too.
"""

from iree.schemas.instruction import Instruction, InstructionSet

# Predicates of cmp_f and cmp_i_*: the index is the operand. A float compare with NaN is true for "ne" alone.
PREDICATES = ("eq", "ne", "lt", "le", "gt", "ge")

# Those for floats that are for complex numbers too; abs gives real ones, and of cmp_f only eq and ne are.
TAKES_COMPLEX = frozenset({
    "abs_f", "neg_f", "exp_f", "expm1_f", "log_f", "log1p_f", "sqrt_f", "rsqrt_f", "cbrt_f", "sin_f", "cos_f", "tan_f",
    "tanh_f", "logistic_f", "sign_f", "add_f", "sub_f", "mul_f", "div_f", "pow_f", "atan2_f", "cmp_f", "reduce_sum_f",
    "reduce_prod_f", "window_sum_f", "window_prod_f", "dot_general_f", "convolution_f",
})  # fmt: skip

_UNARY = (
    (0x40, "abs_f"), (0x41, "abs_i"), (0x42, "neg_f"), (0x43, "neg_i"), (0x44, "exp_f"), (0x45, "expm1_f"),
    (0x46, "log_f"), (0x47, "log1p_f"), (0x48, "sqrt_f"), (0x49, "rsqrt_f"), (0x4A, "cbrt_f"), (0x4B, "sin_f"),
    (0x4C, "cos_f"), (0x4D, "tan_f"), (0x4E, "tanh_f"), (0x4F, "logistic_f"), (0x50, "floor_f"), (0x51, "ceil_f"),
    (0x52, "round_even_f"), (0x53, "round_away_f"), (0x54, "sign_f"), (0x55, "sign_i"), (0x56, "is_finite_f"),
    (0x57, "not"), (0x58, "popcnt"), (0x59, "clz"), (0x5A, "convert"), (0x5B, "copy"),
    (0x5C, "real"), (0x5D, "imag"), (0x5E, "bitcast_convert"),
)  # fmt: skip

_BINARY = (
    (0x60, "add_f"), (0x61, "add_i"), (0x62, "sub_f"), (0x63, "sub_i"), (0x64, "mul_f"), (0x65, "mul_i"),
    (0x66, "div_f"), (0x67, "div_i_s"), (0x68, "div_i_u"), (0x69, "rem_f"), (0x6A, "rem_i_s"), (0x6B, "rem_i_u"),
    (0x6C, "pow_f"), (0x6D, "pow_i"), (0x6E, "atan2_f"), (0x6F, "min_f"), (0x70, "min_i_s"), (0x71, "min_i_u"),
    (0x72, "max_f"), (0x73, "max_i_s"), (0x74, "max_i_u"), (0x75, "and"), (0x76, "or"), (0x77, "xor"),
    (0x78, "sll"), (0x79, "srl"), (0x7A, "sra"), (0x7B, "complex"),
)  # fmt: skip

_REDUCTIONS = (
    (0xA0, "reduce_sum_f"), (0xA1, "reduce_sum_i"), (0xA2, "reduce_prod_f"), (0xA3, "reduce_prod_i"),
    (0xA4, "reduce_min_f"), (0xA5, "reduce_min_i_s"), (0xA6, "reduce_min_i_u"), (0xA7, "reduce_max_f"),
    (0xA8, "reduce_max_i_s"), (0xA9, "reduce_max_i_u"), (0xAA, "reduce_and"), (0xAB, "reduce_or"), (0xAC, "reduce_xor"),
)  # fmt: skip

_WINDOW_REDUCTIONS = (
    (0xD2, "window_sum_f"), (0xD3, "window_sum_i"), (0xD4, "window_prod_f"), (0xD5, "window_prod_i"),
    (0xD6, "window_min_f"), (0xD7, "window_min_i_s"), (0xD8, "window_min_i_u"), (0xD9, "window_max_f"),
    (0xDA, "window_max_i_s"), (0xDB, "window_max_i_u"), (0xDC, "window_and"), (0xDD, "window_or"),
    (0xDE, "window_xor"),
)  # fmt: skip

_SCATTERS = (
    (0xC3, "scatter_replace"), (0xC4, "scatter_add"), (0xC5, "scatter_multiply"), (0xC6, "scatter_minimum"),
    (0xC7, "scatter_maximum"), (0xC8, "scatter_and"), (0xC9, "scatter_or"),
)  # fmt: skip

INTERPRETER = InstructionSet(
    "interpreter",
    (
        Instruction(0x00, "constant", "tIxr"),  # element type, shape, all elements or one for a splat
        Instruction(0x04, "return", ""),
        Instruction(0x23, "alloc_heap", "tIr"),  # element type, shape
        Instruction(0x24, "sizes", "tIIr"),  # element type, shape, the elements, which are sizes of the call
        Instruction(0x36, "dynamic_copy", "ssoss"),  # source, its indices, target, its indices, lengths; i32 per dim
        Instruction(0x3D, "reshape", "sIr"),  # the same elements under another shape
        *(Instruction(opcode, name, "so") for opcode, name in _UNARY),
        *(Instruction(opcode, name, "sso") for opcode, name in _BINARY),
        Instruction(0x80, "cmp_f", "psso"),
        Instruction(0x81, "cmp_i_s", "psso"),
        Instruction(0x82, "cmp_i_u", "psso"),
        Instruction(0x83, "select", "ssso"),  # condition (i1; rank 0 chooses for all), true, false
        Instruction(0x84, "clamp_f", "ssso"),  # low, operand, high; bounds may have rank 0
        Instruction(0x85, "clamp_i_s", "ssso"),
        Instruction(0x86, "clamp_i_u", "ssso"),
        Instruction(0x87, "cmp_total", "psso"),
        Instruction(0x88, "reduce_precision", "sIo"),  # [bits of exponent, bits of mantissa]
        Instruction(0x90, "broadcast_in_dim", "sIo"),  # target dimension of each source dimension
        Instruction(0x91, "transpose", "sIo"),  # target dimension d is source dimension permutation[d]
        Instruction(0x92, "slice", "sIIo"),  # starts, strides; lengths are the target's
        Instruction(0x93, "pad", "ssIIIo"),  # value, low (may be negative), high, interior
        Instruction(0x94, "concatenate", "SIo"),  # [dimension]
        Instruction(0x95, "reverse", "sIo"),  # dimensions
        Instruction(0x96, "iota", "Io"),  # [dimension]
        *(Instruction(opcode, name, "ssIo") for opcode, name in _REDUCTIONS),  # operand, initial value, dimensions
        # lhs, rhs, batch dims of each, contracted dims of each; target dims: batch, lhs free, rhs free
        Instruction(0xB0, "dot_general_f", "ssIIIIo"),
        Instruction(0xB1, "dot_general_i", "ssIIIIo"),
        Instruction(0xC0, "dynamic_slice", "So"),  # operand, a start for each dimension; sizes are the target's
        Instruction(0xC1, "dynamic_update_slice", "So"),  # operand, update, a start for each dimension
        # operand, start indices; offset dims, collapsed dims, batching dims of each, start index map,
        # [index vector dim], slice sizes
        Instruction(0xC2, "gather", "ssIIIIIIIo"),
        # input, indices, updates; update window dims, inserted dims, batching dims of each, scatter dims,
        # [index vector dim]
        *(Instruction(opcode, name, "sssIIIIIIo") for opcode, name in _SCATTERS),
        # input, kernel; strides, low, high, input dilations, kernel dilations, 1 where the kernel runs backwards; dims
        # of input (batch, feature, spatial), kernel (input and output feature, spatial) and target; group counts
        Instruction(0xD0, "convolution_f", "ssIIIIIIIIIIo"),
        Instruction(0xD1, "convolution_i", "ssIIIIIIIIIIo"),
        Instruction(0xE0, "sort_order", "SIIo"),  # keys, the first one first; [dimension], 1 for each that descends
        # operand, initial value; window sizes, strides, low, high, dilations of the operand and of the window
        *(Instruction(opcode, name, "ssIIIIIIo") for opcode, name in _WINDOW_REDUCTIONS),
    ),
)
