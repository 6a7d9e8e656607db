"""Every dialect there is, by name, and the other spellings its operations are read in.

A dialect's file is imported when its first operation is read, so that starting costs nothing for those not in use.
"""

import importlib
from collections.abc import Callable, Mapping

from xdsl.context import Context
from xdsl.ir import Dialect

DIALECTS: Mapping[str, str] = {
    "builtin": "xdsl.dialects.builtin:Builtin",
    "func": "xdsl.dialects.func:Func",
    "arith": "xdsl.dialects.arith:Arith",
    "math": "xdsl.dialects.math:Math",
    "cf": "xdsl.dialects.cf:Cf",
    "scf": "xdsl.dialects.scf:Scf",
    "memref": "xdsl.dialects.memref:MemRef",
    "tensor": "xdsl.dialects.tensor:Tensor",
    "vector": "xdsl.dialects.vector:Vector",
    "linalg": "xdsl.dialects.linalg:Linalg",
    "affine": "xdsl.dialects.affine:Affine",
    "gpu": "xdsl.dialects.gpu:GPU",
    "mhlo": "iree.compiler.dialects.mhlo:DIALECT",
    "iree": "iree.compiler.dialects.iree:DIALECT",
    "iree_hl_seq": "iree.compiler.dialects.hl_seq:DIALECT",
    "iree_ll_seq": "iree.compiler.dialects.ll_seq:DIALECT",
    "iree_ll_interp": "iree.compiler.dialects.ll_interp:DIALECT",
    "spirv": "iree.compiler.dialects.spirv.dialect:DIALECT",
}

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


def make_context() -> Context:
    """A context that knows every dialect and has loaded none."""
    context = Context()
    for name, path in DIALECTS.items():
        context.register_dialect(name, _loader(path))
    return context


def op_name_of(spelling: str) -> str:
    """The name of the operation that a text spells so. A spelling that is in no table stays as it is."""
    if spelling in OP_ALIASES:
        return OP_ALIASES[spelling]
    dialect, dot, rest = spelling.partition(".")
    return f"{DIALECT_ALIASES.get(dialect, dialect)}{dot}{rest}"


def _loader(path: str) -> Callable[[], Dialect]:
    def load() -> Dialect:
        module, _, name = path.partition(":")
        dialect = getattr(importlib.import_module(module), name)
        assert isinstance(dialect, Dialect)
        return dialect

    return load
