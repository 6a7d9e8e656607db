"""Every dialect there is, by name.

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
    "complex": "xdsl.dialects.complex:Complex",
    "cf": "xdsl.dialects.cf:Cf",
    "scf": "xdsl.dialects.scf:Scf",
    "memref": "xdsl.dialects.memref:MemRef",
    "tensor": "xdsl.dialects.tensor:Tensor",
    "vector": "xdsl.dialects.vector:Vector",
    "linalg": "xdsl.dialects.linalg:Linalg",
    "affine": "xdsl.dialects.affine:Affine",
    "gpu": "xdsl.dialects.gpu:GPU",
    "quant": "iree.compiler.dialects.quant:DIALECT",
    "mhlo": "iree.compiler.dialects.mhlo:DIALECT",
    "tf": "iree.compiler.dialects.tf:DIALECT",
    "shape": "iree.compiler.dialects.shape:DIALECT",
    "check": "iree.compiler.dialects.check:DIALECT",
    "sdy": "iree.compiler.dialects.sdy:DIALECT",
    "ml_program": "iree.compiler.dialects.ml_program:DIALECT",
    "iree": "iree.compiler.dialects.iree:DIALECT",
    "iree_hl_seq": "iree.compiler.dialects.hl_seq:DIALECT",
    "iree_ll_seq": "iree.compiler.dialects.ll_seq:DIALECT",
    "iree_ll_interp": "iree.compiler.dialects.ll_interp:DIALECT",
    "spirv": "iree.compiler.dialects.spirv.dialect:DIALECT",
}


def make_context() -> Context:
    """A context that knows every dialect and has loaded none."""
    context = Context()
    for name, path in DIALECTS.items():
        context.register_dialect(name, _loader(path))
    return context


def _loader(path: str) -> Callable[[], Dialect]:
    def load() -> Dialect:
        module, _, name = path.partition(":")
        dialect = getattr(importlib.import_module(module), name)
        assert isinstance(dialect, Dialect)
        return dialect

    return load
