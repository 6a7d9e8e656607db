"""The spellings that texts have besides today's: the walkthrough's, StableHLO's, and dialects' former ones."""

from collections.abc import Mapping

# Dialects that are read as another one: all of "stablehlo.add", "!spv.ptr", "#chlo<..>".
DIALECT_ALIASES: Mapping[str, str] = {
    "stablehlo": "mhlo",
    "chlo": "mhlo",
    "spv": "spirv",
}

# Single operations whose old name is not their new name with another dialect in front.
OP_ALIASES: Mapping[str, str] = {
    "spv._address_of": "spirv.mlir.addressof",
    "spv.mlir.addressof": "spirv.mlir.addressof",
    "spv.globalVariable": "spirv.GlobalVariable",
    "spv.constant": "spirv.Constant",
    "spv.loop": "spirv.mlir.loop",
    "spv.selection": "spirv.mlir.selection",
    "spv._merge": "spirv.mlir.merge",
    "iree_interp.constant": "iree.constant",  # a known slip of the walkthrough
    "iree.unfoldable_constant": "mhlo.unfoldable_constant",
    "util.unfoldable_constant": "mhlo.unfoldable_constant",
    "mhlo.topk": "mhlo.top_k",
    "module": "builtin.module",
    "func": "func.func",
    "return": "func.return",
    "call": "func.call",
    "and": "arith.andi",
    "or": "arith.ori",
    "xor": "arith.xori",
    "shift_left": "arith.shli",
    "shift_right_signed": "arith.shrsi",
    "shift_right_unsigned": "arith.shrui",
    "divi_signed": "arith.divsi",
    "signed_divi": "arith.divsi",
    "divi_unsigned": "arith.divui",
    "unsigned_divi": "arith.divui",
    "remi_signed": "arith.remsi",
    "signed_remi": "arith.remsi",
    "remi_unsigned": "arith.remui",
    "unsigned_remi": "arith.remui",
    "sexti": "arith.extsi",
    "zexti": "arith.extui",
    "fpext": "arith.extf",
    "fptrunc": "arith.truncf",
    "ceilf": "math.ceil",
    "floorf": "math.floor",
    "br": "cf.br",
    "cond_br": "cf.cond_br",
    "memref_cast": "memref.cast",
    "tensor_cast": "tensor.cast",
    "extract_element": "tensor.extract",
}

# Where an operation without a prefix is looked for, once it is not in OP_ALIASES: `mulf` is arith.mulf.
UNPREFIXED_DIALECTS: tuple[str, ...] = ("arith", "math", "memref")


def op_name_of(spelling: str) -> str:
    """The name of the operation that a text spells so. A spelling that is in no table stays as it is."""
    if spelling in OP_ALIASES:
        return OP_ALIASES[spelling]
    dialect, dot, rest = spelling.partition(".")
    return f"{DIALECT_ALIASES.get(dialect, dialect)}{dot}{rest}"
