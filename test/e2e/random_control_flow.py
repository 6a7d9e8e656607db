"""Random programs of nested control flow and state, with the Python that says what they compute.

    program = Program(seed)
    program.text                    @f of three tensor<2xi32>, over variables @v0 and @v1
    program.run(arguments, state)   the results; changes the state

Bodies hand on what they take, swap it, return it twice, or return what stands around them; conditions store as well. So
whatever shares, renames or swaps buffers is met by programs that notice.
"""

import random
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
Values = dict[str, Array]
Step = Callable[[Values, Values], None]  # takes values and variables, and adds to them

VARIABLES = ("v0", "v1")
ARGUMENTS = ("a", "b", "c")
RESULTS = 4
DEPTH = 3

BINARY = {"add": np.add, "subtract": np.subtract, "multiply": np.multiply, "maximum": np.maximum}
VECTOR, INTEGER = "tensor<2xi32>", "tensor<i32>"
HEADER = "".join(
    f"  %{name} = mhlo.constant dense<{value}> : {INTEGER}\n"
    for name, value in (("zero", 0), ("one", 1), ("two", 2), ("three", 3))
)


class Program:
    """What `seed` gives."""

    def __init__(self, seed: int):
        self.random = random.Random(seed)
        self.count = 0
        body, self._steps, names = self._block(ARGUMENTS, 0, 5)
        self._results = self._chosen(names, RESULTS)
        listed = ", ".join(f"%{name}" for name in self._results)
        types = ", ".join([VECTOR] * RESULTS)
        globals_ = "".join(
            f"ml_program.global public mutable @{name}(dense<{number + 1}> : {VECTOR}) : {VECTOR}\n"
            for number, name in enumerate(VARIABLES)
        )
        self.text = (
            f"{globals_}func.func @f({', '.join(f'%{a}: {VECTOR}' for a in ARGUMENTS)}) -> ({types}) {{\n"
            f"{HEADER}{body}  return {listed} : {types}\n}}\n"
        )

    @staticmethod
    def initial_state() -> Values:
        """What the variables hold before the first call."""
        return {name: np.full(2, number + 1, np.int32) for number, name in enumerate(VARIABLES)}

    def run(self, arguments: Sequence[Array], state: Values) -> list[Array]:
        """The results of one call."""
        values = dict(zip(ARGUMENTS, arguments, strict=True))
        with np.errstate(over="ignore"):
            self._steps(values, state)
        return [values[name] for name in self._results]

    def _name(self) -> str:
        self.count += 1
        return f"x{self.count}"

    def _chosen(self, names: Sequence[str], count: int) -> list[str]:
        """Values, the newer ones more often."""
        return [names[min(int(self.random.expovariate(0.35)), len(names) - 1)] for _ in range(count)]

    def _block(self, around: Sequence[str], depth: int, size: int) -> tuple[str, Step, list[str]]:
        """Some statements: text, meaning, and the names that can be used after them, newest first."""
        names, texts, steps = list(around), [], []
        for _ in range(self.random.randint(1, size)):
            kinds = [self._operation, self._operation, self._load, self._store]
            if depth < DEPTH:
                kinds += [self._branches, self._loop]
            text, step, new = self.random.choice(kinds)(names, depth)
            texts.append(text)
            steps.append(step)
            names = new + names

        def run(values: Values, state: Values) -> None:
            for step in steps:
                step(values, state)

        return "".join(texts), run, names

    def _operation(self, names: list[str], _: int) -> tuple[str, Step, list[str]]:
        result = self._name()
        if self.random.random() < 0.25:  # no elementwise op, so branches that have it are not computed both
            (operand,) = self._chosen(names, 1)
            text = f"  %{result} = mhlo.reverse %{operand}, dims = [0] : {VECTOR}\n"
            return text, lambda values, _: values.update({result: values[operand][::-1]}), [result]
        one, other = self._chosen(names, 2)
        op = self.random.choice(list(BINARY))
        text = f"  %{result} = mhlo.{op} %{one}, %{other} : {VECTOR}\n"
        return text, lambda values, _: values.update({result: BINARY[op](values[one], values[other])}), [result]

    def _load(self, _: list[str], __: int) -> tuple[str, Step, list[str]]:
        result, variable = self._name(), self.random.choice(VARIABLES)
        text = f"  %{result} = ml_program.global_load @{variable} : {VECTOR}\n"
        return text, lambda values, state: values.update({result: state[variable]}), [result]

    def _store(self, names: list[str], _: int) -> tuple[str, Step, list[str]]:
        variable, (value,) = self.random.choice(VARIABLES), self._chosen(names, 1)
        text = f"  ml_program.global_store @{variable} = %{value} : {VECTOR}\n"
        return text, lambda values, state: state.update({variable: values[value]}), []

    def _small(self, names: list[str], mask: str) -> tuple[str, str, Callable[[Values], int]]:
        """A number that depends on a value: its text, its name, its meaning."""
        (value,) = self._chosen(names, 1)
        slice_, scalar, small = self._name(), self._name(), self._name()
        text = (
            f"  %{slice_} = mhlo.slice %{value} [0:1] : ({VECTOR}) -> tensor<1xi32>\n"
            f"  %{scalar} = mhlo.reshape %{slice_} : (tensor<1xi32>) -> {INTEGER}\n"
            f"  %{small} = mhlo.and %{scalar}, %{mask} : {INTEGER}\n"
        )
        return text, small, lambda values: int(values[value][0]) & {"one": 1, "three": 3}[mask]

    def _branches(self, names: list[str], depth: int) -> tuple[str, Step, list[str]]:
        is_if = self.random.random() < 0.5
        text, selector, selected = self._small(names, "one" if is_if else "three")
        blocks = [self._block(names, depth + 1, 3) for _ in range(2 if is_if else self.random.randint(1, 3))]
        count = self.random.randint(0, 2)
        returned = [self._chosen(inner, count) for _, _, inner in blocks]
        results = [self._name() for _ in range(count)]
        op, operand, type_ = "case", selector, INTEGER
        if is_if:
            op, operand, type_ = "if", self._name(), "tensor<i1>"
            text += f"  %{operand} = mhlo.compare EQ, %{selector}, %zero : ({INTEGER}, {INTEGER}) -> tensor<i1>\n"
        regions = ", ".join(
            f"{{\n{body}  mhlo.return{self._listed(values)}\n}}"
            for (body, _, _), values in zip(blocks, returned, strict=True)
        )
        text += f'  {self._defined(results)}"mhlo.{op}"(%{operand}) ({regions}) : ({type_}) -> {self._types(count)}\n'

        def run(values: Values, state: Values) -> None:
            number = min(selected(values), len(blocks) - 1)
            inner = dict(values)
            blocks[number][1](inner, state)
            values.update(zip(results, [inner[name] for name in returned[number]], strict=True))

        return text, run, results

    def _loop(self, names: list[str], depth: int) -> tuple[str, Step, list[str]]:
        text, bound, bounded = self._small(names, "three")
        if self.random.random() < 0.4:
            bound = self.random.choice(["zero", "one", "two", "three"])
        count = self.random.randint(0, 3)
        inits, results = self._chosen(names, count), [self._name() for _ in range(count)]
        counter, taken = self._name(), [self._name() for _ in range(count)]
        body, step, inner = self._block([*taken, *names], depth + 1, 3)
        returned = self._chosen(inner, count)
        asked, ask = "", None
        if self.random.random() < 0.3:
            asked, ask, _ = self._store([*taken, *names], depth)
        going, next_, left = self._name(), self._name(), self._name()
        pairs = ", ".join([f"%{counter} = %zero", *(f"%{t} = %{i}" for t, i in zip(taken, inits, strict=True))])
        types = ", ".join([INTEGER, *[VECTOR] * count])
        text += (
            f"  %{left}:{count + 1} = mhlo.while({pairs}) : {types}\n  cond {{\n{asked}"
            f"  %{going} = mhlo.compare LT, %{counter}, %{bound} : ({INTEGER}, {INTEGER}) -> tensor<i1>\n"
            f"  mhlo.return %{going} : tensor<i1>\n  }} do {{\n{body}"
            f"  %{next_} = mhlo.add %{counter}, %one : {INTEGER}\n"
            f"  mhlo.return {', '.join(f'%{name}' for name in (next_, *returned))} : {types}\n  }}\n"
        )
        for number, result in enumerate(results):  # so that every value has a name of its own
            text += f"  %{result} = mhlo.reshape %{left}#{number + 1} : ({VECTOR}) -> {VECTOR}\n"
        constants = {"zero": 0, "one": 1, "two": 2, "three": 3}

        def run(values: Values, state: Values) -> None:
            limit = constants[bound] if bound in constants else bounded(values)
            carried = [values[name] for name in inits]
            for turn in range(limit + 1):
                inner_values = values | dict(zip(taken, carried, strict=True))
                if ask is not None:
                    ask(inner_values, state)
                if turn < limit:
                    step(inner_values, state)
                    carried = [inner_values[name] for name in returned]
            values.update(zip(results, carried, strict=True))

        return text, run, results

    @staticmethod
    def _listed(names: Sequence[str]) -> str:
        types = ", ".join([VECTOR] * len(names))
        return f" {', '.join(f'%{name}' for name in names)} : {types}" if names else ""

    @staticmethod
    def _defined(names: Sequence[str]) -> str:
        return f"{', '.join(f'%{name}' for name in names)} = " if names else ""

    @staticmethod
    def _types(count: int) -> str:
        return VECTOR if count == 1 else f"({', '.join([VECTOR] * count)})"
