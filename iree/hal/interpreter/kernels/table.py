"""All kernels: the builder of each instruction that computes or moves elements."""

from iree.hal.interpreter.kernels.binary import BINARY
from iree.hal.interpreter.kernels.compare import COMPARE, SELECT
from iree.hal.interpreter.kernels.convert import CONVERT
from iree.hal.interpreter.kernels.convolution import CONVOLUTION
from iree.hal.interpreter.kernels.dot import DOT
from iree.hal.interpreter.kernels.dynamic_copy import DYNAMIC_COPY
from iree.hal.interpreter.kernels.extremes import EXTREMES
from iree.hal.interpreter.kernels.indexing import INDEXING
from iree.hal.interpreter.kernels.integer_division import INTEGER_DIVISION
from iree.hal.interpreter.kernels.kernel import Builder
from iree.hal.interpreter.kernels.movement import IOTA, MOVEMENT
from iree.hal.interpreter.kernels.reduce import REDUCE
from iree.hal.interpreter.kernels.reduce_window import REDUCE_WINDOW
from iree.hal.interpreter.kernels.representation import REPRESENTATION
from iree.hal.interpreter.kernels.scatter import SCATTER
from iree.hal.interpreter.kernels.sorting import SORTING
from iree.hal.interpreter.kernels.unary import COPY, UNARY
from iree.hal.interpreter.kernels.wider import computed_wider

_OF_EVERY_WIDTH: dict[str, Builder] = {
    **CONVERT,
    **COPY,
    **SELECT,
    **MOVEMENT,
    **DYNAMIC_COPY,
    **REPRESENTATION,
}
_OF_NUMPYS_WIDTHS: dict[str, Builder] = {
    **UNARY,
    **BINARY,
    **INTEGER_DIVISION,
    **EXTREMES,
    **COMPARE,
    **IOTA,
    **INDEXING,
    **SCATTER,
    **REDUCE,
    **DOT,
    **CONVOLUTION,
    **REDUCE_WINDOW,
    **SORTING,
}
BUILDERS: dict[str, Builder] = {
    **_OF_EVERY_WIDTH,
    **{name: computed_wider(builder) for name, builder in _OF_NUMPYS_WIDTHS.items()},
}
