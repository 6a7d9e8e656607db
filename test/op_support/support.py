"""Runs every op with every element type on every driver, and says which are right and why the others are refused.

A result that differs from the oracle's is neither: it is an error of the compiler, and ends the run.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

import iree.compiler
import iree.runtime
from iree.compiler.dialects.mhlo.reference_parser import judge
from iree.compiler.ir.diagnostics import CompileError
from iree.hal.status import HalError
from iree.tools.devices import TARGET_OF_DRIVER
from test.op_support import oracle
from test.op_support.cases import CASES, ELEMENT_TYPES, Case, filled
from test.op_support.values import draw

Array = np.ndarray[Any, Any]


class Verdict(NamedTuple):
    """What a driver does with an op of an element type. `refusal` is empty where the result is right."""

    case: Case
    element_type: str
    driver: str
    refusal: str


class WrongResultError(AssertionError):
    """A driver computed something else than the oracle."""


def verdicts(
    cases: Sequence[Case] = CASES, progress: Callable[[int, int], object] = lambda done, of: None
) -> Iterator[Verdict]:
    """One verdict for each case, element type that MLIR allows in it, and driver. WrongResultError: a wrong result."""
    pairs = legal_pairs(cases)
    operands = [operands_of(case, element_type) for case, element_type in pairs]
    questions = [(*pair, arrays) for pair, arrays in zip(pairs, operands, strict=True)]
    answers = oracle.expected(questions)
    for number, ((case, element_type, arrays), expected) in enumerate(zip(questions, answers, strict=True)):
        progress(number, len(pairs))
        for driver, target in TARGET_OF_DRIVER.items():
            refusal = _run(case, element_type, arrays, expected, driver, target)
            yield Verdict(case, element_type, driver, refusal)


def legal_pairs(cases: Sequence[Case]) -> list[tuple[Case, str]]:
    """The cases with the element types that MLIR's verifier accepts in them."""
    pairs = [
        (case, element_type)
        for case in cases
        for element_type in ELEMENT_TYPES
        if not re.match(case.without, element_type)
    ]
    answers = judge([case.program(element_type) for case, element_type in pairs])
    return [pair for pair, (generic, _) in zip(pairs, answers, strict=True) if generic is not None]


def operands_of(case: Case, element_type: str) -> list[Array]:
    """The operands that the case is run on."""
    arrays = []
    for index, type_ in enumerate(case.operands):
        shape, name = oracle.shape_and_type(filled(type_, element_type))
        kind = case.draws[min(index, len(case.draws) - 1)]
        arrays.append(draw(kind, name, shape, seed=index))
    return arrays


def _run(
    case: Case, element_type: str, arrays: Sequence[Array], expected: Sequence[Array], driver: str, target: str
) -> str:
    """The reason why it is refused, or nothing."""
    text = case.program(element_type)
    try:
        module = iree.compiler.compile_str(text, target_backends=[target])
        results = iree.runtime.load_vm_flatbuffer(module, driver=driver).main.invoke(arrays)
    except (CompileError, HalError) as error:
        return reason_of(error)
    for index, (got, wanted) in enumerate(zip(results, expected, strict=True)):
        if (fault := difference(got, wanted, case.ulps)) is not None:
            operands = "\n".join(repr(array) for array in arrays)
            raise WrongResultError(f"{driver}, result {index}: {fault}\n{text}\n{operands}\ngot {got}\nwanted {wanted}")
    return ""


def reason_of(error: Exception) -> str:
    """The first thing that an error says, without the place."""
    lines = str(error).splitlines()
    first = next((line for line in lines if re.search(r":\d+:\d+: ", line)), lines[0])
    return re.sub(r"^\s*\S*:\d+:\d+: (\S+: )?", "", first)


def difference(got: Array, wanted: Array, ulps: float) -> str | None:
    """How `got` differs from `wanted` by more than `ulps`; None where it does not.

    NaN is NaN, whatever its bits; zeros in complex numbers are equal, since sums of products leave their signs open.
    """
    if (got.dtype, got.shape) != (wanted.dtype, wanted.shape):
        return f"{got.dtype}{list(got.shape)} instead of {wanted.dtype}{list(wanted.shape)}"
    if got.dtype.kind == "c":
        parts = (difference(getattr(got, part) + 0.0, getattr(wanted, part) + 0.0, ulps) for part in ("real", "imag"))
        return next((part for part in parts if part is not None), None)
    if got.dtype.kind in "biu" or got.dtype.name in ("int4", "uint4"):
        return None if np.array_equal(got, wanted) else "other numbers"
    with np.errstate(all="ignore"):
        x, y = got.astype(np.float64), wanted.astype(np.float64)
        same = (x == y) & (np.signbit(x) == np.signbit(y)) | np.isnan(x) & np.isnan(y)
        if ulps:
            finite = np.abs(y[np.isfinite(y)])
            scale = float(np.spacing(got.dtype.type(1))) * max(float(finite.max(initial=0.0)), 1e-30)
            same |= np.abs(x - y) <= ulps * scale
    return None if same.all() else f"not within {ulps} units in the last place" if ulps else "other bits"
