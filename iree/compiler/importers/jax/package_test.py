import sys

import jax
import pytest

from iree.compiler.importers.jax.package import jax_package
from iree.compiler.ir.diagnostics import CompileError


def test_the_package_is_jax():
    assert jax_package() is jax


def test_without_jax_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "jax", None)
    with pytest.raises(CompileError, match=r"JAX is not installed; install the compiler with its extra \[jax\]"):
        jax_package()
