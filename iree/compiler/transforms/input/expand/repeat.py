"""repeat: a step done for 0, 1, .., count - 1, as a row of ops where they are few and as a loop where they are many.

x, = repeat(n, [x], lambda i, x: [x.put(f(x.take(0, i)), 0, i)])
"""

from collections.abc import Callable, Sequence

from xdsl.dialects.builtin import TensorType, i32

from iree.compiler.dialects import mhlo
from iree.compiler.transforms.common.expression import Expression

UNROLLED = 4  # steps that are written out: a loop costs the host some work each time round

Step = Callable[..., Sequence[Expression]]


def repeat(count: int, carried: Sequence[Expression], step: Step) -> list[Expression]:
    """What `step(i, *carried)` gives in the end, when what it gives is what it takes the next time."""
    emitter = carried[0].emitter
    index: mhlo.Tensor = TensorType(i32, ())
    if count <= UNROLLED:
        values = list(carried)
        for i in range(count):
            values = list(step(emitter.number(i, index), *values))
        return values
    first = [emitter.number(0, index), *carried]
    types = [value.value.type for value in first]
    cond = emitter.region(types, lambda i, *_: [i < count])
    body = emitter.region(types, lambda i, *values: [i + 1, *step(i, *values)])
    loop = mhlo.While([value.value for value in first], cond, body, count)
    emitter.ops.append(loop)
    return [Expression(emitter, result) for result in loop.results[1:]]
