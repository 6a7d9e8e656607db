"""Every op with every element type as C without a runtime: right, or refused as other compiled targets refuse it."""

from collections.abc import Sequence

import numpy as np
import pytest

import iree.compiler
from iree.compiler.codegen.runtimeless_c.options import COptions
from iree.compiler.ir.diagnostics import CompileError
from iree.testing.c_programs import CProgram, sources_of
from test.op_support import oracle
from test.op_support.cases import CASES, Case
from test.op_support.support import difference, legal_pairs, operands_of


def is_refused(case: Case, element_type: str) -> bool:
    """Whether there is no C for it; then there are no kernels for it at all."""
    try:
        sources_of(case.program(element_type))
    except CompileError:
        with pytest.raises(CompileError):
            iree.compiler.compile_str(case.program(element_type), target_backends=["vulkan-spirv"])
        return True
    return False


def together(pairs: Sequence[tuple[Case, str]]) -> str:
    """One program of several: @f0, @f1 and so on."""
    programs = (case.program(element_type) for case, element_type in pairs)
    return "".join(program.replace("@main(", f"@f{number}(") for number, program in enumerate(programs))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_op_in_c(case: Case) -> None:
    pairs = legal_pairs([case])
    try:
        sources_of(together(pairs))
    except CompileError:
        pairs = [pair for pair in pairs if not is_refused(*pair)]
    program = CProgram(together(pairs))
    programs = [program]
    if "math.h" in program.sources.source:
        programs.append(CProgram(together(pairs), COptions(restrict_math=True)))
        assert "math.h" not in programs[-1].sources.source
    operands = [operands_of(case, element_type) for _, element_type in pairs]
    expected = oracle.expected([(*pair, arrays) for pair, arrays in zip(pairs, operands, strict=True)])
    for number, ((_, element_type), arrays, wanted) in enumerate(zip(pairs, operands, expected, strict=True)):
        for program in programs:
            got = program[f"f{number}"](*arrays)
            for result, reference in zip(got if isinstance(got, tuple) else (got,), wanted, strict=True):
                fault = difference(np.asarray(result), reference, case.ulps)
                assert fault is None, f"{element_type}: {fault}\n{arrays}\ngot {result}\nwanted {reference}"
