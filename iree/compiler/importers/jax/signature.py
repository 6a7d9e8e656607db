"""How a JAX function is called: its parameters by name, what of them is traced, and how arrays nest in them.

def f(params, x, *, scale=2.0): ...
Signature.of(f, (params, x), {}, ())    parameters {"params": ..., "x": ...}; `scale` keeps its default
"""

import inspect
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple

from iree.compiler.importers.jax.package import jax_package
from iree.compiler.ir.diagnostics import CompileError
from iree.schemas import abi

Function = Callable[..., Any]


class Signature(NamedTuple):
    """One way of calling a function. `traced` are its arguments by name; `call` calls it with other values for them."""

    traced: dict[str, Any]
    call: Callable[[Mapping[str, Any]], Any]

    @property
    def names(self) -> list[str]:
        """The names of what is traced."""
        return list(self.traced)

    @property
    def traced_values(self) -> tuple[Any, ...]:
        """What is traced, in the order of its names."""
        return tuple(self.traced.values())

    @staticmethod
    def of(
        function: Function, args: Sequence[Any], kwargs: Mapping[str, Any], static_names: Collection[str]
    ) -> "Signature":
        """The way that these arguments choose. Each of *args and of **kwargs is a parameter of its own.

        CompileError: the function does not take them, or has no parameter of a static name.
        """
        positional, keywords = _named(function, args, kwargs)
        unknown = sorted(set(static_names) - {*positional, *keywords} - set(_parameters(function)))
        if unknown:
            names = ", ".join(_parameters(function)) or "none"
            raise CompileError(f"{name_of(function)} has no parameter {unknown} to be static; it has: {names}")

        def call(traced: Mapping[str, Any]) -> Any:
            given = [traced.get(name, value) for name, value in positional.items()]
            return function(*given, **{name: traced.get(name, value) for name, value in keywords.items()})

        values = {**positional, **keywords}
        return Signature({name: value for name, value in values.items() if name not in static_names}, call)


def name_of(function: Function) -> str:
    """What a module calls the function: its own name; "main" where it has none."""
    while hasattr(function, "func"):  # functools.partial
        function = function.func
    name = getattr(function, "__name__", "main")
    return name if isinstance(name, str) and name.isidentifier() else "main"


def static_names_of(function: Function) -> set[str]:
    """The parameters that jax.jit was told are static."""
    info = getattr(function, "_jit_info", None)
    names = list(_parameters(function))
    numbers = [number for number in getattr(info, "static_argnums", ()) if number < len(names)]
    return {*getattr(info, "static_argnames", ()), *(names[number] for number in numbers)}


def structure_of(tree: Any, what: str) -> abi.Structure:
    """A tree of positions as an abi has it. `what` names its place. CompileError: a module cannot nest like that."""
    match tree:
        case None | int():
            return tree
        case dict():
            strange = [key for key in tree if not isinstance(key, str)]
            if strange:
                raise CompileError(f"{what} is a dict with the key {strange[0]!r}; keys have to be strings")
            return {key: structure_of(item, f"{what}[{key!r}]") for key, item in tree.items()}
        case list():
            return [structure_of(item, f"{what}[{index}]") for index, item in enumerate(tree)]
        case tuple() if hasattr(tree, "_fields"):
            items = {f: structure_of(item, f"{what}.{f}") for f, item in zip(tree._fields, tree, strict=True)}
            return abi.named_tuple(type(tree).__name__, items)
        case tuple():
            return tuple(structure_of(item, f"{what}[{index}]") for index, item in enumerate(tree))
    raise CompileError(
        f"{what} is of type {type(tree).__name__}: arrays nest in dicts, lists, tuples and named tuples; "
        "take it apart in a function around this one"
    )


def check_leaves(traced: Mapping[str, Any]) -> None:
    """CompileError: something among the arguments is no array; all of it is named."""
    jax = jax_package()
    wrong = []
    for name, value in traced.items():
        for path, leaf in jax.tree_util.tree_leaves_with_path(value):
            is_array = hasattr(leaf, "shape") and hasattr(leaf, "dtype")
            if not is_array and not isinstance(leaf, bool | int | float | complex):
                wrong.append(f"'{name}'{jax.tree_util.keystr(path)} is {leaf!r} of type {type(leaf).__name__}")
    if wrong:
        raise CompileError(
            f"argument {'; '.join(wrong)}: arrays, numbers and jax.ShapeDtypeStruct can be passed to a module. "
            "Name parameters that are no arrays in static_argnames"
        )


def _named(function: Function, args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The positional and the keyword arguments of a call, by unique names."""
    try:
        bound = inspect.signature(function).bind(*args, **kwargs)
    except TypeError as error:
        raise CompileError(f"{name_of(function)}: {error}; give example arguments as you would call it") from error
    except ValueError:  # built in: it does not say
        return {f"arg{index}": value for index, value in enumerate(args)}, dict(kwargs)
    positional: dict[str, Any] = {}
    kinds = {name: parameter.kind for name, parameter in bound.signature.parameters.items()}
    for name, value in bound.arguments.items():
        if kinds[name] is inspect.Parameter.VAR_POSITIONAL:
            positional |= {f"{name}_{index}": item for index, item in enumerate(value)}
        elif kinds[name] in (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD):
            positional[name] = value
    return positional, dict(bound.kwargs)


def _parameters(function: Function) -> Mapping[str, inspect.Parameter]:
    try:
        return inspect.signature(function).parameters
    except (TypeError, ValueError):
        return {}
