import dataclasses
import io
import json
import os
import subprocess
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import ml_dtypes
import numpy as np
import pytest

from iree.compiler.module.module_writer import Constant, Executable, Module, Type, save, to_bytes, write_to
from iree.schemas import element_types
from iree.schemas import module_def_generated as fb
from iree.schemas.file_format import CONSTANT_ALIGNMENT, PAGE_SIZE, TRAILER_SIZE, ExecutableFormat, Trailer
from iree.testing.hand_built import one_function, simple_mul

SCHEMA = Path(fb.__file__).with_name("module_def.fbs")


def parts(data: bytes) -> tuple[Trailer, bytes, bytes, bytes]:
    """The trailer, the definition, the executables, the constants."""
    trailer = Trailer.unpack(data[-TRAILER_SIZE:])
    assert trailer is not None
    definition = data[: trailer.definition_length]
    executables = data[trailer.executables_offset :][: trailer.executables_length]
    return trailer, definition, executables, data[trailer.constants_offset :][: trailer.constants_length]


def with_constants(*arrays: np.ndarray) -> Module:
    return Module("m", [], constants=[Constant(array) for array in arrays])


def test_flatc_reads_back_what_was_written(tmp_path: Path) -> None:
    definition = tmp_path / "m.bin"
    _, contents, executables, _ = parts(to_bytes(simple_mul()))
    definition.write_bytes(contents)
    command = [
        "flatc",
        "--json",
        "--strict-json",
        "--defaults-json",
        "-o",
        str(tmp_path),
        str(SCHEMA),
        "--",
        str(definition),
    ]
    subprocess.run(command, check=True)
    read = json.loads((tmp_path / "m.json").read_text())
    written = simple_mul()
    assert read["name"] == "math"
    assert read["exports"] == [0]
    (function,) = read["functions"]
    assert function["name"] == "simple_mul"
    assert function["argument_names"] == ["a", "b"]
    assert function["arguments"] == [{"element_type": 12, "shape": [4]}] * 2
    assert bytes(function["bytecode"]) == written.functions[0].bytecode
    assert [(x["bytecode_offset"], x["source"]) for x in function["locations"]] == list(written.functions[0].locations)
    (executable,) = read["executables"]
    assert executable["entry_points"] == ["mul_f"]
    (variant,) = executable["executables"]
    assert variant["format"] == ExecutableFormat.INTERP
    assert executables[variant["offset"] :][: variant["length"]] == written.executables[0].variants[0][1]
    assert variant["crc"] == zlib.crc32(executables)


def test_checksums_and_sections() -> None:
    data = to_bytes(dataclasses.replace(simple_mul(), constants=[Constant(np.arange(100, dtype=np.int32))]))
    trailer, definition, executables, constants = parts(data)
    assert trailer.constants_offset % PAGE_SIZE == 0
    assert trailer.file_length == len(data)
    assert zlib.crc32(definition) == trailer.definition_crc
    assert zlib.crc32(constants) == fb.ModuleDef.GetRootAs(definition).Constants(0).Crc()
    assert not any(data[trailer.definition_length : trailer.executables_offset])
    assert not any(data[trailer.executables_offset + len(executables) : trailer.constants_offset])


def test_what_is_not_there_needs_no_padding() -> None:
    trailer, definition, _, _ = parts(to_bytes(Module("m", [])))
    assert trailer.file_length == len(definition) + TRAILER_SIZE


def test_constants_are_aligned_and_hold_their_bytes() -> None:
    arrays: list[np.ndarray] = [
        np.arange(5, dtype=np.float32),
        np.array(7, np.int8),
        np.zeros((0, 3), np.float32),
        np.array([1.5, -2], ml_dtypes.bfloat16),
        np.arange(12, dtype=np.int16).reshape(3, 4).T,
        np.array([1, 2], ">i4"),
    ]
    _, definition, _, constants = parts(to_bytes(with_constants(*arrays)))
    root = fb.ModuleDef.GetRootAs(definition)
    for ordinal, array in enumerate(arrays):
        entry = root.Constants(ordinal)
        assert entry.Offset() % CONSTANT_ALIGNMENT == 0
        of = element_types.from_number(entry.Type().ElementType())
        stored = np.frombuffer(constants[entry.Offset() :][: entry.Length()], of.dtype)
        shape = [entry.Type().Shape(d) for d in range(entry.Type().ShapeLength())]
        np.testing.assert_array_equal(stored.reshape(shape), array)


def test_equal_constants_lie_in_the_file_once() -> None:
    array = np.arange(1000, dtype=np.float32)
    one, two = to_bytes(with_constants(array)), to_bytes(with_constants(array, array.copy()))
    assert len(parts(one)[3]) == len(parts(two)[3]) == array.nbytes


def test_equal_executables_lie_in_the_file_once() -> None:
    variants = [(ExecutableFormat.INTERP, b"interp")]
    twice = Module("m", [], [Executable("e", ["main"], variants), Executable("f", ["main"], variants)])
    assert parts(to_bytes(twice))[2] == b"interp"


def test_executables_are_aligned_like_files_of_their_own() -> None:
    variants = [(ExecutableFormat.SPIRV, b"spirv"), (ExecutableFormat.INTERP, b"interp")]
    data = to_bytes(Module("m", [], [Executable("e", ["main"], variants)]))
    for _, contents in variants:
        assert data.index(contents) % 16 == 0


def test_the_same_module_gives_the_same_bytes() -> None:
    assert to_bytes(simple_mul()) == to_bytes(simple_mul())


def test_constants_are_not_copied_as_a_whole() -> None:
    class Sink(io.RawIOBase):
        addresses: set[int] = set()  # noqa: RUF012

        def write(self, data: object) -> int:
            view = np.frombuffer(data, np.uint8)  # type: ignore[call-overload]
            self.addresses.add(view.ctypes.data)
            return int(view.nbytes)

    array = np.arange(1000, dtype=np.float32)
    write_to(with_constants(array), Sink())  # type: ignore[arg-type]
    assert array.ctypes.data in Sink.addresses


def test_save_makes_the_file(tmp_path: Path) -> None:
    save(simple_mul(), tmp_path / "m.emod")
    assert (tmp_path / "m.emod").read_bytes() == to_bytes(simple_mul())
    assert [path.name for path in tmp_path.iterdir()] == ["m.emod"]


def test_save_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    (tmp_path / "m.emod").write_bytes(b"old")
    with pytest.raises(KeyError):
        save(with_constants(np.array(["text"])), tmp_path / "m.emod")
    assert (tmp_path / "m.emod").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["m.emod"]


def test_functions_that_are_not_exported() -> None:
    module = one_function([], [Type(element_types.from_name("f32"), (-1,))])
    hidden = Module("m", [module.functions[0].__class__(**{**vars(module.functions[0]), "exported": False})])
    root = fb.ModuleDef.GetRootAs(to_bytes(hidden))
    assert root.ExportsLength() == 0
    assert root.FunctionsLength() == 1


def test_save_leaves_a_pipe_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as reader:
        read = reader.submit(pipe.read_bytes)
        save(simple_mul(), pipe)
        assert read.result() == to_bytes(simple_mul())
    assert pipe.is_fifo()
