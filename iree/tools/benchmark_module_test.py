"""benchmark_module: figures as text and JSON, and its errors."""

import json
from pathlib import Path

import pytest

from iree.compiler.module.module_writer import save
from iree.testing.hand_built import simple_mul
from iree.testing.run_tool import run_tool

INPUTS = ("--input=4xf32=1 2 3 4", "--input=4xf32=5,6,7,8")


@pytest.fixture
def module(tmp_path: Path) -> Path:
    save(simple_mul(), tmp_path / "math.emod")
    return tmp_path / "math.emod"


def test_json(module: Path) -> None:
    code, out, _ = run_tool("benchmark_module", f"--module={module}", "--seconds=0.05", "--json", *INPUTS)
    assert code == 0
    found = json.loads(out)
    assert (found["function"], found["device"]) == ("simple_mul", "interpreter")
    assert found["calls"] >= 10
    assert 0 < found["best_us"] <= found["median_us"] <= found["p99_us"]


def test_text_and_the_least_number_of_calls(module: Path) -> None:
    arguments = (f"--module={module}", "--seconds=0", "--least_calls=3", *INPUTS)
    code, out, _ = run_tool("benchmark_module", *arguments)
    assert code == 0
    assert out.startswith("@simple_mul on interpreter, 3 calls in ")
    assert [line.split()[0] for line in out.splitlines()[1:]] == ["best", "median", "p99", "first"]


def test_statistics_go_to_stderr(module: Path) -> None:
    arguments = (f"--module={module}", "--seconds=0", "--json", "--print_statistics", *INPUTS)
    code, out, err = run_tool("benchmark_module", *arguments)
    assert code == 0
    assert json.loads(out)["function"] == "simple_mul"
    assert err.startswith("memory of interpreter: ")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["math.emod"], "'math.emod' is no flag: name the module by --module=FILE"),
        ([], "name the module file: --module=FILE"),
        (["--module=MODULE", "--function=nope"], "simple_mul"),
        (["--module=MODULE"], "2"),
    ],
)
def test_errors(module: Path, arguments: list[str], error: str) -> None:
    given = [argument.replace("MODULE", str(module)) for argument in arguments]
    code, out, err = run_tool("benchmark_module", *given)
    assert (code, out) == (1, "")
    assert err.startswith("benchmark_module: ")
    assert error in err
    assert "Traceback" not in err
