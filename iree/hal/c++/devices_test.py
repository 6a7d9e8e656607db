"""The C++ HAL's devices: programs in testdata/ that check facts, with two compilers, sanitizers, the validation layer.

A program ends at the first fact that is none, and says which.
"""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from iree.hal.cts.spirv_executables import assemble, elementwise

STRICT = ("-std=c++17", "-Wall", "-Wextra", "-Werror", "-pedantic", "-g")
HERE = Path(__file__).parent
CPU = ("hal.cc", "host.cc", "cpu.cc", "module.cc")
VULKAN = ("hal.cc", "host.cc", "module.cc", "vulkan.cc", "vulkan_context.cc", "vulkan_executable.cc")
VALIDATION = "VK_LAYER_KHRONOS_validation"
_NULL = dict.fromkeys(("ASAN_OPTIONS", "TSAN_OPTIONS"), "allocator_may_return_null=1")


def _built(folder: Path, compiler: str, program: str, parts: Sequence[str], *flags: str) -> Path:
    """A program of testdata with parts of the HAL."""
    sources = [str(HERE / part) for part in (*parts, f"testdata/{program}.cc")]
    target = folder / program
    command = [compiler, *STRICT, f"-I{HERE.parents[2]}", f"-I{folder}", "-o", str(target), *sources, *flags]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return target


def _run(*command: str | Path, **environment: str) -> str:
    """What a program writes, which has to end well."""
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment}, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    ("compiler", "flags"),
    [
        ("clang++", ()),
        ("g++", ("-fsanitize=address,undefined", "-fno-sanitize-recover=all")),
        ("g++", ("-fsanitize=thread",)),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_the_cpu(compiler: str, flags: tuple[str, ...], tmp_path: Path) -> None:
    """No data race, no memory that leaks, nothing undefined: each would end the program with an error."""
    program = _built(tmp_path, compiler, "cpu_facts", CPU, "-lpthread", *flags)
    _run(program, tmp_path / "constants", **_NULL)


def _kernel(folder: Path) -> None:
    words = assemble(elementwise("simple_mul", local_size=2))
    code = ", ".join(f"{word:#x}" for word in words)
    text = f"#include <cstdint>\n\nstatic const uint32_t kCode[] = {{{code}}};\n"
    (folder / "kernel.h").write_text(text + f"static const size_t kCodeLength = {len(words)};\n")


@pytest.mark.parametrize(
    ("compiler", "facts"), [("clang++", "vulkan_facts"), ("g++", "vulkan_facts"), ("g++", "vulkan_faults")]
)
def test_vulkan(compiler: str, facts: str, tmp_path: Path) -> None:
    """The validation layer has nothing to say, not even where calls fail: what was made until then is freed."""
    _kernel(tmp_path)
    program = _built(tmp_path, compiler, facts, VULKAN, "-lpthread", "-lvulkan", "-ldl")
    assert _run(program, VK_INSTANCE_LAYERS=VALIDATION, LP_NUM_THREADS="0") == ""


def test_the_validation_layer_is_heard(tmp_path: Path) -> None:
    """A fence that nobody destroys."""
    _kernel(tmp_path)
    program = _built(tmp_path, "g++", "vulkan_leak", (), "-lvulkan")
    assert "VkFence" in _run(program, VK_INSTANCE_LAYERS=VALIDATION)
