"""Generator: what makes source code of a program. registry.py lists them all."""

import abc
from pathlib import Path
from typing import Any, ClassVar

from xdsl.dialects.builtin import ModuleOp

from iree.compiler.pipeline import Options


class Generator(abc.ABC):
    """`suffix`: what the name of its main file ends in; files that go with it lie beside it under the same name."""

    suffix: ClassVar[str]

    @abc.abstractmethod
    def write(self, module: ModuleOp, options: Options, output: Path, origin: str) -> dict[str, Any]:
        """Compiles IR that stands at `options.compile_from` and writes the main file, `output`, and what goes with it.

        `origin` is what the program was read from, for people. Gives facts for a report, by name.
        CompileError: the program cannot be compiled, or cannot be said in this form.
        """
