"""Every op with every element type as C without a runtime: right, or refused as other compiled targets refuse it."""

import numpy as np
import pytest

from iree.compiler.ir.diagnostics import CompileError
from iree.testing.c_programs import CProgram, sources_of
from test.op_support import oracle
from test.op_support.cases import CASES, Case
from test.op_support.support import difference, legal_pairs, operands_of

# What StableHLO has and C99 has not, and what no compiled target computes.
REFUSED = {"reduce_precision": ("f8E4M3FN", "f8E5M2")}


def is_refused(case: Case, element_type: str) -> bool:
    """Whether the compiler says that it cannot be."""
    try:
        sources_of(case.program(element_type))
    except CompileError:
        return True
    return False


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_op_in_c(case: Case) -> None:
    pairs = legal_pairs([case])
    refused = REFUSED.get(case.name, ())
    assert all(is_refused(case, element_type) for _, element_type in pairs if element_type in refused)
    pairs = [(case, element_type) for _, element_type in pairs if element_type not in refused]
    operands = [operands_of(case, element_type) for _, element_type in pairs]
    expected = oracle.expected([(*pair, arrays) for pair, arrays in zip(pairs, operands, strict=True)])
    text = "".join(
        case.program(element_type).replace("@main(", f"@f{number}(") for number, (_, element_type) in enumerate(pairs)
    )
    program = CProgram(text)
    for number, ((_, element_type), arrays, wanted) in enumerate(zip(pairs, operands, expected, strict=True)):
        got = program[f"f{number}"](*arrays)
        for result, reference in zip(got if isinstance(got, tuple) else (got,), wanted, strict=True):
            fault = difference(np.asarray(result), reference, case.ulps)
            assert fault is None, f"{element_type}: {fault}\n{arrays}\ngot {result}\nwanted {reference}"
