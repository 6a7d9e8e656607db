"""bazelw on machines that lack something: each machine is a PATH of stand-ins."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

BAZELW = Path("bazelw").resolve()

HAS_ALL = {
    "bazel-4": 'echo "bazel $*"',
    "flatc": "",
    "spirv-val": "",
    "gcc": "",
    "g++": "",
    "clang": 'echo "${0%/*}/of_clang"',
    "nm": "",
    "arm-none-eabi-gcc": "",
    "qemu-system-arm": "",
    "riscv64-linux-gnu-gcc": "",
    "qemu-riscv64": "",
    "python3": "exit 0",
}
UBUNTU_22 = """
case "$2" in
  python3) echo "Version: 3.10.6-1" ;;
  python3.12-venv|python3.11-venv) echo "Version: $2" ;;
  *) exit 100 ;;
esac
"""


class Machine:
    """A folder of commands; `bazelw` runs with no others. Its clang has sanitizers."""

    def __init__(self, folder: Path, commands: dict[str, str]) -> None:
        self.folder = folder
        self.sanitizers = folder / "of_clang/lib/linux/libclang_rt.asan-x86_64.a"
        self.sanitizers.parent.mkdir(parents=True)
        self.sanitizers.touch()
        for name in ("bash", "cat", "chmod", "env", "head", "sed"):
            (folder / name).symlink_to(str(shutil.which(name)))
        for name, script in {"id": "echo 0", **commands}.items():
            self.add(name, script)

    def add(self, name: str, script: str) -> None:
        command = self.folder / name
        command.write_text(f"#!{shutil.which('bash')}\n{script}\n")
        command.chmod(0o755)

    def bazelw(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        environment = {"PATH": str(self.folder), "HOME": os.environ.get("HOME", "/")}
        command = [str(self.folder / "bash"), str(BAZELW), *arguments]
        return subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )


def apt_get(folder: Path, *installs: str) -> str:
    """An apt-get that notes its arguments and installs commands that succeed."""
    lines = [f'echo "$*" >> {folder}/apt.log', '[[ "$*" == *" install "* ]] || exit 0']
    for name in installs:
        lines.append(f'echo "#!{shutil.which("bash")}" > {folder}/{name}; chmod 755 {folder}/{name}')
    return "\n".join(lines)


def without(*names: str) -> dict[str, str]:
    return {name: script for name, script in HAS_ALL.items() if name not in names}


def test_where_all_is_there_it_only_runs_bazel(tmp_path: Path) -> None:
    result = Machine(tmp_path, HAS_ALL).bazelw("test", "//iree/...", "--config=a b")
    assert (result.stdout, result.stderr, result.returncode) == ("bazel test //iree/... --config=a b\n", "", 0)


def test_bazels_status_is_its_own(tmp_path: Path) -> None:
    assert Machine(tmp_path, {**HAS_ALL, "bazel-4": "exit 3"}).bazelw("test").returncode == 3


@pytest.mark.parametrize("name", ["bazelisk", "bazel"])
def test_another_bazel_serves_too(tmp_path: Path, name: str) -> None:
    machine = Machine(tmp_path, {**without("bazel-4"), name: f"echo {name}"})
    assert machine.bazelw("info").stdout == f"{name}\n"


def test_it_installs_what_is_missing_and_says_so(tmp_path: Path) -> None:
    machine = Machine(tmp_path, {**without("flatc", "spirv-val"), "apt-get": apt_get(tmp_path, "flatc", "spirv-val")})
    result = machine.bazelw("info")
    assert "installing with apt-get: flatbuffers-compiler spirv-tools\n" in result.stderr
    assert result.stdout == "bazel info\n"
    assert (tmp_path / "apt.log").read_text().splitlines() == [
        "-q update",
        "-q install --yes --no-install-recommends flatbuffers-compiler spirv-tools",
    ]


def test_it_uses_sudo_where_it_must(tmp_path: Path) -> None:
    commands = {**without("flatc"), "id": "echo 1000", "apt-get": apt_get(tmp_path, "flatc")}
    sudo = f'echo sudo >> {tmp_path}/apt.log; [[ $1 == --non-interactive ]] && shift; "$@"'
    machine = Machine(tmp_path, {**commands, "sudo": sudo})
    assert machine.bazelw("info").returncode == 0
    assert (tmp_path / "apt.log").read_text().count("sudo\n") == 2


@pytest.mark.parametrize(
    ("commands", "reason"),
    [
        ({}, "no apt-get to install packages with"),
        ({"apt-get": "exit 0", "id": "echo 1000"}, "neither root nor sudo"),
        ({"apt-get": "exit 100"}, "apt-get update failed"),
        ({"apt-get": '[[ "$*" != *" install "* ]]'}, "apt-get install failed"),
        ({"apt-get": "exit 0"}, "installed, yet not found"),
    ],
)
def test_where_it_cannot_install_it_names_the_packages(tmp_path: Path, commands: dict[str, str], reason: str) -> None:
    result = Machine(tmp_path, {**without("bazel-4", "flatc"), **commands}).bazelw("info")
    assert result.returncode == 1
    assert reason in result.stderr
    assert "sudo apt-get update && sudo apt-get install bazel-bootstrap flatbuffers-compiler\n" in result.stderr


@pytest.mark.parametrize(("apt_cache", "package"), [("exit 0", "libclang-rt-dev"), ("exit 100", "clang")])
def test_a_clang_without_sanitizers_gets_them(tmp_path: Path, apt_cache: str, package: str) -> None:
    machine = Machine(tmp_path, {**HAS_ALL, "apt-cache": apt_cache})
    machine.add("apt-get", f"{apt_get(tmp_path)}\n: > {machine.sanitizers}")
    machine.sanitizers.unlink()
    result = machine.bazelw("info")
    assert result.stdout == "bazel info\n"
    assert f"--no-install-recommends {package}\n" in (tmp_path / "apt.log").read_text()


def test_an_old_python_is_joined_by_a_newer_one(tmp_path: Path) -> None:
    commands = {"python3": "exit 1", "apt-cache": UBUNTU_22, "apt-get": apt_get(tmp_path, "python3.12")}
    result = Machine(tmp_path, {**HAS_ALL, **commands}).bazelw("info")
    assert result.stdout == "bazel info\n"
    assert "python3.12-venv" in (tmp_path / "apt.log").read_text()


def test_where_no_python_fits_it_says_which_would(tmp_path: Path) -> None:
    commands = {"python3": "exit 1", "apt-cache": "exit 100", "apt-get": apt_get(tmp_path)}
    result = Machine(tmp_path, {**HAS_ALL, **commands}).bazelw("info")
    assert result.returncode == 1
    assert "no Python 3.11, 3.12 or 3.13 here" in result.stderr
