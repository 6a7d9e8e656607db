"""Every generator of the registry is there, and says what it writes."""

import pytest

from iree.compiler.codegen.generator import Generator
from iree.compiler.codegen.registry import create_generator, generator_names


@pytest.mark.parametrize("name", generator_names())
def test_each_is_there(name: str) -> None:
    generator = create_generator(name)
    assert isinstance(generator, Generator)
    assert generator.suffix.startswith(".")
