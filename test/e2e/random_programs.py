"""Random programs that compute what NumPy computes: graphs of small tensors as StableHLO text, with their results.

    program = draw(programs())
    program.text, program.inputs, program.results

Every float carries a bound of what rounding may have done to it, so that a wrong result is told from a rounded one.
"""

import dataclasses
import itertools
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np
from hypothesis import strategies as st

from test.e2e.programs import Array, tensor_type

F32, I32, I1 = np.dtype(np.float32), np.dtype(np.int32), np.dtype(np.bool_)
SIZES = (0, 1, 1, 2, 3, 3, 4, 5, 17)
LARGEST = 1e4  # what grows beyond is not used
MAX_ELEMENTS = 2000
EPSILON = 1e-6  # of one operation, relative

_Choice = TypeVar("_Choice")


@dataclasses.dataclass(frozen=True)
class Value:
    """An SSA value: floats as f64, and by how much the device's may differ from them."""

    name: str
    exact: Array
    error: Array

    @property
    def dtype(self) -> np.dtype[Any]:
        return F32 if self.exact.dtype == np.float64 else self.exact.dtype

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self.exact.shape)

    @property
    def type(self) -> str:
        return tensor_type(np.empty(self.shape, self.dtype))

    @property
    def is_exact(self) -> bool:
        return not self.error.any()


@dataclasses.dataclass(frozen=True)
class Program:
    """`results` holds, for each result of @f, its value and the bound of its error."""

    text: str
    inputs: tuple[Array, ...]
    results: tuple[Value, ...]


class Builder:
    """Draws a program op by op. A method that finds no operands it can take adds nothing."""

    def __init__(self, draw: Callable[[st.SearchStrategy[Any]], Any]):
        self.draw = draw
        self.lines: list[str] = []
        self.values: list[Value] = []
        self.inputs: list[Array] = []
        self.generator = np.random.default_rng(self.integer(0, 2**32 - 1))

    def integer(self, low: int, high: int) -> int:
        return int(self.draw(st.integers(low, high)))

    def one_of(self, choices: Sequence[_Choice]) -> _Choice:
        return choices[self.integer(0, len(choices) - 1)]

    def shape(self) -> tuple[int, ...]:
        return tuple(self.one_of(SIZES) for _ in range(self.integer(0, 4)))

    def array(self, shape: Sequence[int], dtype: np.dtype[Any]) -> Array:
        if dtype == I1:
            return np.asarray(self.generator.integers(0, 2, shape), bool)
        integers = np.asarray(self.generator.integers(-6, 7, shape), dtype)
        return np.asarray(integers / np.float32(2)) if dtype == F32 else integers

    def any(self, *dtypes: np.dtype[Any], where: Callable[[Value], bool] = lambda _: True) -> Value | None:
        """A value of one of the types, a late one rather than an early one."""
        fitting = [v for v in self.values if (not dtypes or v.dtype in dtypes) and where(v)]
        return fitting[-1 - min(self.integer(0, 9), len(fitting) - 1)] if fitting else None

    def like(self, value: Value, dtype: np.dtype[Any] | None = None) -> Value:
        """A value of the same shape, there or new."""
        dtype = dtype or value.dtype
        return self.any(dtype, where=lambda v: v.shape == value.shape) or self.constant(value.shape, dtype)

    def add(self, op: str, operands: Sequence[Value], exact: Array, error: Any = 0, attributes: str = "") -> None:
        """Appends an op in generic form, unless its values are too large."""
        exact = np.asarray(exact, np.float64 if exact.dtype.kind == "f" else exact.dtype)
        if exact.size > MAX_ELEMENTS or (exact.dtype == np.float64 and np.abs(exact).max(initial=0) > LARGEST):
            return
        value = Value(f"%{len(self.values)}", exact, np.broadcast_to(np.asarray(error, np.float64), exact.shape))
        types = ", ".join(v.type for v in operands)
        names = ", ".join(v.name for v in operands)
        self.lines.append(f'  {value.name} = "stablehlo.{op}"({names}) {attributes} : ({types}) -> {value.type}')
        self.values.append(value)

    def constant(self, shape: Sequence[int], dtype: np.dtype[Any]) -> Value:
        array = self.array(shape, dtype)
        if self.integer(0, 1):
            array[...] = self.array((), dtype)
        literal = str(array.tolist()).replace("True", "true").replace("False", "false") if array.size else ""
        self.add("constant", [], array, 0, f"{{value = dense<{literal}> : {tensor_type(array)}}}")
        return self.values[-1]

    def argument(self) -> None:
        array = self.array(self.shape(), self.one_of((F32, F32, F32, I32, I1)))
        self.inputs.append(array)
        wide = array.astype(np.float64) if array.dtype == F32 else array
        self.values.append(Value(f"%{len(self.values)}", wide, np.zeros(array.shape)))

    # Ops. Errors follow from |f(x + e) - f(x)|, and EPSILON for the op's own rounding.

    def unary(self) -> None:
        if (x := self.any(F32, I32)) is None:
            return
        name = self.one_of(("abs", "negate", "sign", "exponential", "tanh", "floor"))
        if name in ("abs", "negate"):
            self.add(name, [x], np.abs(x.exact) if name == "abs" else -x.exact, x.error)
        elif name == "sign" and x.is_exact:
            self.add(name, [x], np.sign(x.exact))
        elif x.dtype == F32 and name == "floor" and x.is_exact:
            self.add(name, [x], np.floor(x.exact))
        elif x.dtype == F32 and name == "tanh":
            self.add(name, [x], np.tanh(x.exact), x.error + EPSILON)
        elif x.dtype == F32 and name == "exponential" and x.exact.max(initial=0) < 5:
            result = np.exp(x.exact)
            self.add(name, [x], result, result * (np.expm1(x.error) + EPSILON))

    def binary(self) -> None:
        if (x := self.any(F32, I32)) is None:
            return
        y = self.like(x)
        name = self.one_of(("add", "subtract", "multiply", "maximum", "minimum"))
        functions = {
            "add": np.add, "subtract": np.subtract, "multiply": np.multiply,
            "maximum": np.maximum, "minimum": np.minimum,
        }  # fmt: skip
        result = functions[name](x.exact, y.exact)
        if name in ("maximum", "minimum"):
            error = np.maximum(x.error, y.error)
        elif name == "multiply":
            error = self.product_error(x, y) + self.rounding(result, x, y)
        else:
            error = x.error + y.error + self.rounding(result, x, y)
        self.add(name, [x, y], result, error)

    def product_error(self, x: Value, y: Value) -> Array:
        if x.is_exact and y.is_exact:
            return np.zeros(x.shape)
        return np.asarray(np.abs(x.exact) * y.error + np.abs(y.exact) * x.error + x.error * y.error)

    def rounding(self, result: Array, *operands: Value) -> Any:
        """What rounding may add: nothing to halves and quarters of small integers."""
        if result.dtype != np.float64:
            return 0
        is_exact = all(v.is_exact for v in operands) and (result == result.astype(np.float32)).all()
        return 0 if is_exact else np.abs(result) * EPSILON

    def logic(self) -> None:
        if (x := self.any(I1, I32)) is None:
            return
        name = self.one_of(("and", "or", "xor", "not"))
        if name == "not":
            self.add(name, [x], np.invert(x.exact))
            return
        y = self.like(x)
        functions = {"and": np.bitwise_and, "or": np.bitwise_or, "xor": np.bitwise_xor}
        self.add(name, [x, y], functions[name](x.exact, y.exact))

    def compare(self) -> None:
        if (x := self.any(where=lambda v: v.is_exact)) is None:
            return
        fitting = [v for v in self.values if v.dtype == x.dtype and v.shape == x.shape and v.is_exact]
        y = self.one_of(fitting)
        name = self.one_of(("EQ", "NE", "LT", "GE"))
        functions = {"EQ": np.equal, "NE": np.not_equal, "LT": np.less, "GE": np.greater_equal}
        attributes = f"{{comparison_direction = #stablehlo<comparison_direction {name}>}}"
        self.add("compare", [x, y], functions[name](x.exact, y.exact), attributes=attributes)

    def select(self) -> None:
        if (x := self.any()) is None:
            return
        y, predicate = self.like(x), self.like(x, I1)
        scalar = self.any(I1, where=lambda v: v.shape == ())
        if scalar and self.integer(0, 1):
            predicate = scalar
        error = np.where(predicate.exact, x.error, y.error)
        self.add("select", [predicate, x, y], np.where(predicate.exact, x.exact, y.exact), error)

    def convert(self) -> None:
        if (x := self.any()) is None:
            return
        dtype = self.one_of((F32, I32, I1))
        if x.dtype == F32 and dtype != F32 and not x.is_exact:
            return
        if x.dtype == I32 and dtype == F32 and np.abs(x.exact.astype(np.int64)).max(initial=0) > LARGEST:
            return
        exact = x.exact if x.dtype == dtype else x.exact.astype(dtype)
        self.add("convert", [x], exact, x.error if dtype == F32 else 0)

    def moved(self, op: str, x: Value, move: Callable[[Array], Array], attributes: str) -> None:
        self.add(op, [x], move(x.exact), move(x.error), attributes)

    def transpose(self) -> None:
        if (x := self.any()) is None:
            return
        permutation = self.draw(st.permutations(range(len(x.shape))))
        attributes = f"{{permutation = {_ints(permutation)}}}"
        self.moved("transpose", x, lambda a: a.transpose(permutation), attributes)

    def reshape(self) -> None:
        if (x := self.any()) is None:
            return
        size = x.exact.size
        shapes = [(size,), (1, size), (size, 1, 1), *([(size // 2, 2)] if size % 2 == 0 else [])]
        if size == 1:
            shapes += [(), (1,) * 6]
        shape = self.one_of(shapes)
        self.moved("reshape", x, lambda a: a.reshape(shape), "")

    def broadcast(self) -> None:
        """Back to the shape of some other value where that can be: what softmax and layer norm do."""
        if (x := self.any(where=lambda v: len(v.shape) < 5)) is None:
            return
        targets = []
        for shape in dict.fromkeys(v.shape for v in self.values):
            for dims in itertools.combinations(range(len(shape)), len(x.shape)):
                if all(size in (1, shape[dim]) for size, dim in zip(x.shape, dims, strict=True)):
                    targets.append((shape, dims))
        shape, dims = self.one_of([*targets, ((2, *x.shape), tuple(range(1, len(x.shape) + 1)))])
        aligned = [1] * len(shape)
        for size, dim in zip(x.shape, dims, strict=True):
            aligned[dim] = size
        attributes = f"{{broadcast_dimensions = {_ints(dims)}}}"
        self.moved("broadcast_in_dim", x, lambda a: np.broadcast_to(a.reshape(aligned), shape), attributes)

    def slice(self) -> None:
        if (x := self.any(where=lambda v: len(v.shape) > 0)) is None:
            return
        starts = [self.integer(0, size) for size in x.shape]
        limits = [self.integer(start, size) for start, size in zip(starts, x.shape, strict=True)]
        strides = [self.integer(1, 3) for _ in x.shape]
        window = tuple(map(slice, starts, limits, strides))
        attributes = f"{{start_indices = {_ints(starts)}, limit_indices = {_ints(limits)}, strides = {_ints(strides)}}}"
        self.moved("slice", x, lambda a: a[window], attributes)

    def reverse(self) -> None:
        if (x := self.any(where=lambda v: len(v.shape) > 0)) is None:
            return
        dims = tuple(dim for dim in range(len(x.shape)) if self.integer(0, 1))
        self.moved("reverse", x, lambda a: np.flip(a, dims) if dims else a, f"{{dimensions = {_ints(dims)}}}")

    def concatenate(self) -> None:
        if (x := self.any(where=lambda v: len(v.shape) > 0)) is None:
            return
        dim = self.integer(0, len(x.shape) - 1)

        def fits(v: Value) -> bool:
            return len(v.shape) == len(x.shape) and all(
                a == b for d, (a, b) in enumerate(zip(v.shape, x.shape, strict=True)) if d != dim
            )

        others = [self.any(x.dtype, where=fits) for _ in range(self.integer(0, 2))]
        operands = [x, *(v for v in others if v is not None)]
        joined, errors = (np.concatenate([part(v) for v in operands], dim) for part in (_exact, _error))
        self.add("concatenate", operands, joined, errors, f"{{dimension = {dim} : i64}}")

    def pad(self) -> None:
        if (x := self.any()) is None:
            return
        value = self.any(x.dtype, where=lambda v: v.shape == ()) or self.constant((), x.dtype)
        interior = [self.integer(0, 1) for _ in x.shape]
        spread = [max(0, size + (size - 1) * gap) for size, gap in zip(x.shape, interior, strict=True)]
        low = [self.integer(-min(1, size), 2) for size in spread]
        high = [self.integer(-min(1, size + start), 2) for size, start in zip(spread, low, strict=True)]

        def move(a: Array, padding: Array) -> Array:
            full = np.full(spread, padding, a.dtype)
            full[tuple(slice(None, None, gap + 1) for gap in interior)] = a
            added = [(max(0, lo), max(0, hi)) for lo, hi in zip(low, high, strict=True)]
            full = np.pad(full, added, constant_values=padding) if added else full
            cut = [slice(max(0, -lo), full.shape[d] - max(0, -high[d])) for d, lo in enumerate(low)]
            return full[tuple(cut)]

        attributes = (
            f"{{edge_padding_low = {_ints(low)}, edge_padding_high = {_ints(high)}, "
            f"interior_padding = {_ints(interior)}}}"
        )
        self.add("pad", [x, value], move(x.exact, value.exact), move(x.error, value.error), attributes)

    def iota(self) -> None:
        shape = self.one_of([v.shape for v in self.values if v.shape] or [(3,)])
        dim, dtype = self.integer(0, len(shape) - 1), self.one_of((F32, I32))
        aligned = np.arange(shape[dim]).reshape([-1 if d == dim else 1 for d in range(len(shape))])
        result = np.broadcast_to(aligned, shape).astype(dtype)
        self.add("iota", [], result, 0, f"{{iota_dimension = {dim} : i64}}")

    def reduce(self) -> None:
        if (x := self.any()) is None:
            return
        init = self.any(x.dtype, where=lambda v: v.shape == ()) or self.constant((), x.dtype)
        dims = tuple(dim for dim in range(len(x.shape)) if self.integer(0, 1))
        name = self.one_of(("and", "or") if x.dtype == I1 else ("add", "maximum", "minimum"))
        functions: dict[str, np.ufunc] = {
            "and": np.logical_and, "or": np.logical_or,
            "add": np.add, "maximum": np.maximum, "minimum": np.minimum,
        }  # fmt: skip
        kind = x.exact.dtype
        result = np.asarray(functions[name].reduce(x.exact, axis=dims, initial=init.exact[()], dtype=kind))
        if name == "add" and x.dtype == F32:
            size = x.exact.size // max(1, result.size) + 1
            largest = np.abs(x.exact).sum(axis=dims) + np.abs(init.exact)
            error = x.error.sum(axis=dims) + init.error
            error = error + (0 if not error.any() and (largest == largest.round(2)).all() else size * EPSILON * largest)
        else:
            error = np.maximum(x.error.max(axis=dims, initial=0), init.error)
        scalar = init.type
        body = (
            f"({{\n  ^bb0(%a: {scalar}, %b: {scalar}):\n    %c = stablehlo.{name} %a, %b : {scalar}\n"
            f"    stablehlo.return %c : {scalar}\n  }}) {{dimensions = {_ints(dims)}}}"
        )
        self.add("reduce", [x, init], result, error, body)

    def dot_general(self) -> None:
        if (x := self.any(F32, I32, where=lambda v: len(v.shape) > 0)) is None:
            return
        y = self.any(x.dtype, where=lambda v: bool(set(v.shape) & set(x.shape)))
        assert y is not None  # x itself at least
        pairs: list[tuple[int, int]] = []
        for dim, size in enumerate(x.shape):
            free = [d for d, other in enumerate(y.shape) if other == size and d not in [p[1] for p in pairs]]
            if free and self.integer(0, 2):
                pairs.append((dim, self.one_of(free)))
        batch = [pair for pair in pairs if not self.integer(0, 2)]
        contracted = [pair for pair in pairs if pair not in batch]
        lhs, rhs = list("abcdef"[: len(x.shape)]), list("uvwxyz"[: len(y.shape)])
        for left, right in pairs:
            rhs[right] = lhs[left]
        joined = [lhs[pair[0]] for pair in batch]
        paired = {lhs[pair[0]] for pair in pairs}
        out = joined + [c for c in lhs if c not in paired] + [c for c in rhs if c not in paired]
        if len(out) > 6:
            return
        equation = f"{''.join(lhs)},{''.join(rhs)}->{''.join(out)}"
        size = int(np.prod([x.shape[pair[0]] for pair in contracted], dtype=int))
        with np.errstate(over="ignore"):
            result = np.einsum(equation, x.exact, y.exact)
        error: Any = 0
        if x.dtype == F32:
            largest = np.einsum(equation, np.abs(x.exact), np.abs(y.exact))
            error = np.einsum(equation, np.abs(x.exact) + x.error, y.error) + np.einsum(
                equation, x.error, np.abs(y.exact)
            )
            is_exact = x.is_exact and y.is_exact and (largest == largest.round(2)).all()
            error = error + (0 if is_exact else (size + 1) * EPSILON * largest)
        attributes = (
            f"{{dot_dimension_numbers = #stablehlo.dot<lhs_batching_dimensions = {[p[0] for p in batch]}, "
            f"rhs_batching_dimensions = {[p[1] for p in batch]}, "
            f"lhs_contracting_dimensions = {[p[0] for p in contracted]}, "
            f"rhs_contracting_dimensions = {[p[1] for p in contracted]}>}}"
        )
        self.add("dot_general", [x, y], result, error, attributes)

    def program(self) -> Program:
        for _ in range(self.integer(1, 3)):
            self.argument()
        arguments = list(self.values)
        ops = (
            self.unary, self.binary, self.binary, self.logic, self.compare, self.select, self.convert, self.transpose,
            self.reshape, self.broadcast, self.broadcast, self.slice, self.reverse, self.concatenate, self.pad,
            self.iota, self.reduce, self.reduce, self.dot_general, self.dot_general,
        )  # fmt: skip
        for _ in range(self.integer(3, 16)):
            self.one_of(ops)()
        results = [self.values[-1], *(self.one_of(self.values) for _ in range(self.integer(0, 3)))]
        return Program(self.text(arguments, results), tuple(self.inputs), tuple(results))

    def text(self, arguments: Sequence[Value], results: Sequence[Value]) -> str:
        taken = ", ".join(f"{v.name}: {v.type}" for v in arguments)
        names, types = ", ".join(v.name for v in results), ", ".join(v.type for v in results)
        body = "\n".join(self.lines)
        return f"func.func @f({taken}) -> ({types}) {{\n{body}\n  return {names} : {types}\n}}\n"


def _ints(values: Sequence[int]) -> str:
    return f"array<i64{': ' + ', '.join(map(str, values)) if values else ''}>"


def _exact(value: Value) -> Array:
    return value.exact


def _error(value: Value) -> Array:
    return value.error


@st.composite
def programs(draw: Callable[[st.SearchStrategy[Any]], Any]) -> Program:
    """Programs of up to 16 ops and 4 results, arguments and constants among them."""
    return Builder(draw).program()
