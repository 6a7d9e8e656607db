import subprocess
import sys

import pytest

from iree.compiler.dialects.registry import DIALECTS, make_context
from iree.compiler.ir.spelling import DIALECT_ALIASES, OP_ALIASES, op_name_of


@pytest.mark.parametrize("name", DIALECTS)
def test_every_dialect_loads_under_its_name(name):
    dialect = make_context().get_optional_dialect(name)
    assert dialect is not None
    assert dialect.name == name


@pytest.mark.parametrize("spelling", OP_ALIASES)
def test_every_alias_is_an_operation(spelling):
    assert make_context().get_optional_op(op_name_of(spelling)) is not None


def test_every_dialect_alias_is_a_dialect():
    assert set(DIALECT_ALIASES.values()) <= set(DIALECTS)


def test_making_a_context_imports_no_dialect():
    program = """if True:
        import sys
        from iree.compiler.dialects.registry import make_context
        make_context()
        print([name for name in sys.modules if name.startswith(("iree.compiler.dialects.", "xdsl.dialects."))])
    """
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert "mhlo" not in found
    assert "linalg" not in found
