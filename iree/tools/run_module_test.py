import json
from pathlib import Path

import ml_dtypes
import numpy as np
import pytest

from iree.compiler.module.module_writer import Function, Module, Type, save
from iree.schemas import element_types
from iree.schemas.sequencer_bytecode import SEQUENCER
from iree.testing.hand_built import one_function, simple_mul
from iree.testing.run_tool import run_tool

A, B = "--input=4xf32=1 2 3 4", "--input=4xf32=5,6,7,8"


@pytest.fixture
def module(tmp_path: Path) -> Path:
    save(simple_mul(), tmp_path / "math.emod")
    return tmp_path / "math.emod"


def run_module(*arguments: str, cwd: Path | None = None, stdin: str | None = None) -> tuple[int, str, str]:
    return run_tool("run_module", *arguments, cwd=cwd, stdin=stdin)


def test_text(module: Path) -> None:
    assert run_module(f"--module={module}", "--function=simple_mul", A, B) == (
        0,
        "EXEC @simple_mul\n4xf32=5 12 21 32\n",
        "",
    )


@pytest.mark.parametrize("device", ["interpreter", "interpreter://0"])
def test_statistics_go_to_stderr(module: Path, device: str) -> None:
    code, out, err = run_module(f"--module={module}", f"--device={device}", "--print_statistics", A, B)
    assert (code, out) == (0, "EXEC @simple_mul\n4xf32=5 12 21 32\n")
    assert err.startswith(f"memory of {device}: ")
    assert " bytes live in " in err


def test_the_only_function_needs_no_name(module: Path) -> None:
    code, out, _ = run_module(f"--module={module}", "--device=interpreter", A, B)
    assert (code, out) == (0, "EXEC @simple_mul\n4xf32=5 12 21 32\n")


def test_json(module: Path) -> None:
    _, out, _ = run_module(f"--module={module}", "--json", "--input=4xf32=1 inf -inf nan", B)
    expected = {"type": "f32", "shape": [4], "data": [5.0, "inf", "-inf", "nan"]}
    assert json.loads(out) == {"function": "simple_mul", "results": [expected]}


def test_npy_files_are_found_where_the_user_is(module: Path) -> None:
    np.save(module.with_name("a.npy"), np.array([1, 2, 3, 4], np.float32))
    environment = {"BUILD_WORKING_DIRECTORY": str(module.parent)}
    arguments = ["--module=math.emod", "--input=@a.npy", B, "--output=@out.npy"]
    assert run_tool("run_module", *arguments, env=environment) == (0, "EXEC @simple_mul\n", "")
    np.testing.assert_array_equal(np.load(module.with_name("out.npy")), np.array([5, 12, 21, 32], np.float32))


def test_outputs_go_where_they_are_told(tmp_path: Path) -> None:
    scalar = Type(element_types.from_name("i32"), ())
    save(one_function([SEQUENCER.encode("return", (0, 1, 0))], [scalar] * 2, [scalar] * 3), tmp_path / "m.emod")
    arguments = ["--module=m.emod", "--input=i32=7", "--input=i32=8", "--output=-", "--output=@second.npy"]
    assert run_module(*arguments, cwd=tmp_path) == (0, "EXEC @f\ni32=7\ni32=7\n", "")
    assert np.load(tmp_path / "second.npy") == 8


def test_list_drivers() -> None:
    assert run_module("--list_drivers")[1].split() == ["null", "interpreter", "vulkan"]


def test_list_devices() -> None:
    code, out, _ = run_module("--list_devices")
    assert code == 0
    names = [line.split()[0] for line in out.splitlines()]
    assert {"null://0", "interpreter://0", "vulkan://0"} <= set(names)
    entries = json.loads(run_module("--list_devices", "--json")[1])
    assert [entry["device"] for entry in entries] == names


def test_a_device_by_its_number(module: Path) -> None:
    assert run_module(f"--module={module}", "--device=interpreter://0", A, B)[:2] == (
        0,
        "EXEC @simple_mul\n4xf32=5 12 21 32\n",
    )


FAILURES = [
    (["--module=none.emod"], "run_module: none.emod: cannot be read: No such file or directory"),
    ([], "run_module: name the module file: --module=FILE"),
    (
        ["math.emod"],
        "run_module: 'math.emod' is no flag: name the module by --module=FILE and arguments by --input=VALUE",
    ),
    (
        ["--module=math.emod", "--function=simple_mull"],
        'no function "simple_mull"; did you mean "simple_mul"?; it exports simple_mul(',
    ),
    (
        ["--module=math.emod", "--device=bogus", A, B],
        'run_module: no driver "bogus": there are null, interpreter, vulkan',
    ),
    (["--module=math.emod", "--device=null://7", A, B], "run_module: no device null://7: there are null://0"),
    (["--module=math.emod", "--device=vulkan", A, B], 'load it with driver="interpreter"'),
    (["--module=math.emod", A], "run_module: simple_mul takes 2 arguments ('a', 'b'), 1 were given"),
    (
        ["--module=math.emod", A, "--input=5xf32"],
        "run_module: simple_mul: argument 'b' has shape (5,), needs (4,) (4xf32)",
    ),
    (["--module=math.emod", A, "--input=4xq32"], 'no element type "q32"'),
    (["--module=math.emod", A, "--input=@none.npy"], "run_module: [Errno 2] No such file or directory: 'none.npy'"),
    (["--module=math.emod", A, "--input=@math.emod"], "run_module: math.emod: not an .npy file"),
    (["--module=math.emod", A, "--input=@all.npz"], "run_module: all.npz: holds several arrays"),
    (["--module=math.emod", A, B, "--output=x"], "run_module: --output=x: give - to print the result, or @FILE.npy"),
    (["--module=math.emod", A, B, *["--output=-"] * 2], "2 --output for the 1 results of simple_mul"),
    (["--module=cut.emod", A, B], "run_module: cut.emod: cut off"),
    (["--module=two.emod"], "run_module: the module exports f, g: choose one by --function=NAME"),
    (["--module=bf16.emod", "--input=2xbf16=1 2", "--output=@x.npy"], "an .npy file cannot hold bf16: print it"),
]


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tools")
    save(simple_mul(), folder / "math.emod")
    (folder / "cut.emod").write_bytes((folder / "math.emod").read_bytes()[:-100])
    functions = [Function(name, [], [], [], None, 0, SEQUENCER.encode("return", ())) for name in "fg"]
    save(Module("two", functions), folder / "two.emod")
    of = Type(element_types.from_dtype(np.dtype(ml_dtypes.bfloat16)), (2,))
    save(one_function([SEQUENCER.encode("return", (0,))], [of], [of]), folder / "bf16.emod")
    np.savez(folder / "all.npz", a=np.zeros(1), b=np.zeros(1))
    return folder


@pytest.mark.parametrize(("arguments", "message"), FAILURES, ids=[" ".join(a) for a, _ in FAILURES])
def test_failures_are_one_error_and_no_traceback(workplace: Path, arguments: list[str], message: str) -> None:
    code, out, err = run_module(*arguments, cwd=workplace)
    assert code == 1
    assert out == ""
    assert message in err
    assert err.startswith("run_module: ")
    assert "Traceback" not in err


ONES_AND_TWOS = ("--module=math.emod", "--input=4xf32=1", "--input=4xf32=2")


def test_commands_from_a_pipe(workplace: Path) -> None:
    code, out, err = run_module(*ONES_AND_TWOS, "--debug", cwd=workplace, stdin="break simple_mul:14\nc\nprint b\n")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].startswith("=> @simple_mul:0  alloc_heap")
    assert lines[-4:] == ["(debug) print b", "b = 4xf32=2 2 2 2", "EXEC @simple_mul", "4xf32=2 2 2 2"]


def test_commands_of_a_flag(workplace: Path) -> None:
    code, out, err = run_module(*ONES_AND_TWOS, "--debug_commands=step 2; print %2; fly", cwd=workplace)
    assert (code, err) == (0, "")
    assert "%2 = 4xf32=2 2 2 2\n" in out
    assert 'no command "fly"' in out
    assert out.endswith("EXEC @simple_mul\n4xf32=2 2 2 2\n")


def test_quitting_prints_no_results(workplace: Path) -> None:
    code, out, _ = run_module(*ONES_AND_TWOS, "--debug", cwd=workplace, stdin="quit\n")
    assert code == 0
    assert "EXEC" not in out
