"""What the programs must compute, from what is not ours: StableHLO's reference interpreter, NumPy and SciPy.

The interpreter gets the operands as constants and gives the results as integers of the same bits, so that no text
rounds them.
"""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from iree.compiler.dialects.mhlo.reference_interpreter import outputs
from iree.schemas import element_types
from test.op_support.cases import Case, filled

Array = np.ndarray[Any, Any]


def expected(questions: Sequence[tuple[Case, str, Sequence[Array]]]) -> list[list[Array]]:
    """The results of each case for an element type and operands. RuntimeError: the interpreter refused one."""
    asked = [question for question in questions if question[0].formula is None]
    answers = iter(outputs([_program(*question) for question in asked]))
    return [
        _results(case, element_type, next(answers))
        if case.formula is None
        else _rounded(case, element_type, case.formula(operands))
        for case, element_type, operands in questions
    ]


def shape_and_type(text: str) -> tuple[tuple[int, ...], str]:
    """`2x3xf32` as ((2, 3), "f32")."""
    *sizes, element_type = text.split("x") if not text.endswith(">") else [*text.partition("complex")[0].split("x")]
    if text.endswith(">"):
        element_type = "complex" + text.partition("complex")[2]
    return tuple(int(size) for size in sizes), element_type


def _program(case: Case, element_type: str, operands: Sequence[Array]) -> str:
    types = [filled(type_, element_type) for type_ in case.operands]
    lines = [_constant(index, type_, array) for index, (type_, array) in enumerate(zip(types, operands, strict=True))]
    lines.append(case.lines(element_type))
    returned: list[str] = []
    kinds: list[str] = []
    for name, type_ in zip(case.returned(), case.results, strict=True):
        for line, result, kind in _as_bits(name, filled(type_, element_type), len(returned)):
            lines += line
            returned.append(result)
            kinds.append(kind)
    body = "\n  ".join(lines)
    return (
        f"func.func @main() -> ({', '.join(kinds)}) {{\n  {body}\n"
        f"  return {', '.join(returned)} : {', '.join(kinds)}\n}}\n"
    )


def _constant(index: int, type_: str, array: Array) -> str:
    _, element_type = shape_and_type(type_)
    if element_type in ("i1", "i4", "ui4"):
        values = json.dumps(array.astype(bool if element_type == "i1" else int).tolist())
    else:
        values = f'"0x{array.tobytes().hex().upper()}"'
    return f"%{index} = stablehlo.constant dense<{values}> : tensor<{type_}>"


def _as_bits(name: str, type_: str, number: int) -> list[tuple[list[str], str, str]]:
    """Lines, and the name and type of each integer tensor, that hold the bits of one result."""
    shape, element_type = shape_and_type(type_)
    sizes = "".join(f"{size}x" for size in shape)
    if element_type.startswith("complex"):
        part = element_type[len("complex<") : -1]
        found = []
        for index, op in enumerate(("real", "imag")):
            half = f"%part{number + index}"
            line = f"{half} = stablehlo.{op} {name} : (tensor<{type_}>) -> tensor<{sizes}{part}>"
            ((bits, result, kind),) = _as_bits(half, f"{sizes}{part}", number + index)
            found.append(([line, *bits], result, kind))
        return found
    if element_type in ("i1", "i4", "ui4"):
        kind = f"tensor<{sizes}i8>"
        return [([f"%bits{number} = stablehlo.convert {name} : (tensor<{type_}>) -> {kind}"], f"%bits{number}", kind)]
    if element_type.startswith(("i", "ui")):
        return [([], name, f"tensor<{type_}>")]
    width = 8 * element_types.from_name(element_type).byte_width
    kind = f"tensor<{sizes}ui{width}>"
    line = f"%bits{number} = stablehlo.bitcast_convert {name} : (tensor<{type_}>) -> {kind}"
    return [([line], f"%bits{number}", kind)]


def _results(case: Case, element_type: str, texts: Sequence[str]) -> list[Array]:
    remaining = iter(texts)
    results = []
    for type_ in case.results:
        shape, name = shape_and_type(filled(type_, element_type))
        dtype = element_types.from_name(name).dtype
        if name.startswith("complex"):
            part = np.dtype(np.float32 if name == "complex<f32>" else np.float64)
            real, imaginary = (_bits(next(remaining), shape).astype(f"u{part.itemsize}").view(part) for _ in range(2))
            results.append(np.empty(shape, dtype))
            results[-1].real, results[-1].imag = real, imaginary
            continue
        bits = _bits(next(remaining), shape)
        if name in ("i1", "i4", "ui4") or dtype.kind in "iu":
            results.append(bits.astype(dtype))
        else:
            results.append(bits.astype(f"u{dtype.itemsize}").view(dtype))
    return results


def _rounded(case: Case, element_type: str, results: Sequence[Array]) -> list[Array]:
    names = [shape_and_type(filled(type_, element_type))[1] for type_ in case.results]
    return [result.astype(element_types.from_name(name).dtype) for result, name in zip(results, names, strict=True)]


def _bits(text: str, shape: tuple[int, ...]) -> Array:
    """The numbers of `dense<[1, 2]> : tensor<2xui16>`."""
    content = text.removeprefix("dense<").partition(">")[0]
    numbers = json.loads(content) if content else []
    return np.broadcast_to(np.array(numbers, np.uint64 if "ui64" in text else np.int64), shape)
