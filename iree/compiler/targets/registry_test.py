"""Targets are found by name; a wrong name lists them."""

import pytest

from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.targets.registry import create_target, create_targets, target_names


def test_every_target_can_be_made():
    for name in target_names():
        assert create_target(name).name == name


def test_targets_come_in_one_order_and_once():
    names = ["vulkan-spirv", "interpreter-bytecode", "vulkan-spirv"]
    assert [target.name for target in create_targets(names)] == list(target_names())


def test_an_unknown_target_lists_those_that_exist():
    with pytest.raises(
        CompileError, match=r"'vulkan-spriv' \(did you mean vulkan-spirv\?\); there are: interpreter-bytecode"
    ):
        create_targets(["vulkan-spriv"])


def test_a_lone_string_is_one_name():
    assert [target.name for target in create_targets("vulkan-spirv")] == ["vulkan-spirv"]
