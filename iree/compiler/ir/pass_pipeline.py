"""Pass pipelines as text: names of passes, each with its options.

    identify-dispatch-regions,schedule-kernels{workgroup-size=64}

Which passes there are is the caller's to say.
"""

import dataclasses
import re
from collections.abc import Callable, Mapping

from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.suggestions import nearest

PassTable = Mapping[str, Callable[[], Pass]]


def parse_pipeline(spec: str, passes: PassTable) -> list[Pass]:
    """The passes that a text such as `a,b{max-ops=4,fold=true}` names, with their options set.

    CompileError: the text is malformed, or a pass or an option is not known.
    """
    if not re.fullmatch(r"([^,{}]+(\{[^{}]*\})?(,(?!$)|$))*", spec):
        raise CompileError(f"--passes={spec} is not of the form pass,pass{{option=value}}")
    return [_make_pass(name.strip(), options, passes) for name, options in re.findall(r"([^,{}]+)(\{[^{}]*\})?", spec)]


def _make_pass(name: str, options: str, passes: PassTable) -> Pass:
    if name not in passes:
        raise CompileError(f"there is no pass {name}{nearest(name, passes)}; known: {', '.join(sorted(passes))}")
    pass_ = passes[name]()
    fields = {field.name.replace("_", "-"): field.name for field in _fields(pass_)}
    values = {}
    for option in filter(None, options.strip("{}").split(",")):
        key, _, text = (part.strip() for part in option.partition("="))
        if key not in fields:
            raise CompileError(f"pass {name} has no option {key}; it has: {', '.join(fields) or 'none'}")
        values[fields[key]] = _option_value(name, key, text, getattr(pass_, fields[key]))
    return dataclasses.replace(pass_, **values) if values else pass_  # type: ignore[type-var]


def _fields(pass_: Pass) -> tuple["dataclasses.Field[object]", ...]:
    return dataclasses.fields(pass_) if dataclasses.is_dataclass(pass_) else ()


def _option_value(name: str, key: str, text: str, default: object) -> object:
    """The option's text as the type of its default."""
    try:
        match default:
            case bool():
                return {"true": True, "false": False}[text]
            case int() | float() | str():
                return type(default)(text)
    except (KeyError, ValueError):
        pass
    raise CompileError(f"pass {name}: {key}={text} is no {type(default).__name__}")
