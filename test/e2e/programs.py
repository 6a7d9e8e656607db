"""How an end-to-end test runs a program: compiled once, validated, run on each driver, compared with TensorFlow.

check("stablehlo.add", [a, b], a + b)

It is run by the VM, and by the Python class that is generated from it: the two have to agree to the last bit.
"""

import functools
import re
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

import iree.runtime
from iree.schemas import element_types, spirv_executable_def_generated
from iree.schemas.file_format import ExecutableFormat
from iree.testing.generated_python import Generated, device_of, generate

DRIVERS = ("interpreter", "vulkan")  # both must be there: a missing driver is a failure

Array = np.ndarray[Any, Any]


def tensor_type(array: Array) -> str:
    """`array`'s type as MLIR spells it: tensor<2x3xf32>."""
    return f"tensor<{''.join(f'{size}x' for size in array.shape)}{element_types.from_dtype(array.dtype)}>"


def function_text(name: str, op: str, inputs: Sequence[Array], result: Array, attributes: str = "") -> str:
    """A function of one op in generic form."""
    arguments = ", ".join(f"%arg{i}: {tensor_type(array)}" for i, array in enumerate(inputs))
    operands = ", ".join(f"%arg{i}" for i in range(len(inputs)))
    types = ", ".join(tensor_type(array) for array in inputs)
    out = tensor_type(result)
    return (
        f"func.func @{name}({arguments}) -> {out} {{\n"
        f'  %0 = "{op}"({operands}) {attributes} : ({types}) -> {out}\n'
        f"  return %0 : {out}\n}}\n"
    )


def validated(module: bytes) -> bytes:
    """The module, once every SPIR-V binary in it has passed spirv-val."""
    for words in spirv_binaries(module):
        found = subprocess.run(["spirv-val", "--target-env", "vulkan1.1", "-"], input=words, capture_output=True)
        assert found.returncode == 0, found.stderr.decode()
    return module


def spirv_binaries(module: bytes) -> list[bytes]:
    """Every SPIR-V binary in a module file."""
    binaries = []
    for executable in iree.runtime.VmModule.from_flatbuffer(module).file.executables:
        for variant in executable.variants:
            if variant.format == ExecutableFormat.SPIRV:
                parsed = spirv_executable_def_generated.SpirvExecutableDef.GetRootAs(variant.contents.use(), 0)
                binaries.append(np.asarray(parsed.CodeAsNumpy(), np.uint32).tobytes())
    return binaries


@functools.cache
def _loaded(text: str, driver: str) -> Any:
    return iree.runtime.load_vm_flatbuffer(_compiled(text), driver=driver)


@functools.cache
def _compiled(text: str) -> bytes:
    return validated(_generated(text).module_file)


@functools.cache
def _generated(text: str) -> Generated:
    with tempfile.TemporaryDirectory() as folder:
        return generate(text, Path(folder))


@functools.cache
def _created(text: str, driver: str) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "module.emod"
        file.write_bytes(_generated(text).module_file)
        return _generated(text).cls.create(device_of(driver), file=file)


def loaded(text: str) -> dict[str, Any]:
    """The program, loaded on each driver."""
    return {driver: _loaded(text, driver) for driver in DRIVERS}


def check_text(
    text: str, name: str, inputs: Sequence[Array], expected: Any, driver: str, *, rtol: float = 0, atol: float = 0
) -> None:
    """Runs function `name` of a program on one driver. Without tolerances results must be equal, NaN to NaN."""
    got = np.asarray(getattr(_loaded(text, driver), name)(*inputs))
    generated = np.asarray(getattr(_created(text, driver), name)(*map(np.asarray, inputs)))
    assert (generated.dtype, generated.shape, generated.tobytes()) == (got.dtype, got.shape, got.tobytes())
    expected = np.asarray(expected)
    assert (got.dtype, got.shape) == (expected.dtype, expected.shape)
    if rtol or atol:
        np.testing.assert_allclose(got, expected, rtol=rtol, atol=atol)
    else:
        np.testing.assert_array_equal(got, expected)


def identifier(text: str) -> str:
    """`text` as a function's name."""
    return re.sub(r"\W+", "_", text)
