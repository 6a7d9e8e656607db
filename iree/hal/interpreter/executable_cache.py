"""InterpreterExecutableCache: reads interpreter executables and makes plans of their functions."""

from iree.hal.executable import Executable, ExecutableSpec
from iree.hal.executable_cache import ExecutableCache
from iree.hal.interpreter.decode import Source
from iree.hal.interpreter.entry_point import EntryPoint
from iree.hal.interpreter.executable import InterpreterExecutable
from iree.hal.status import DataLoss, ResourceExhausted
from iree.schemas.file_format import ExecutableFormat
from iree.schemas.flatbuffer_verifier import INTERP_TABLES, FlatBufferError, verify
from iree.schemas.interp_executable_def_generated import InterpExecutableDef, InterpFunctionDef
from iree.schemas.sizes import Polynomial, decode


class InterpreterExecutableCache(ExecutableCache):
    """All that can be wrong with an executable is found here; what is prepared runs."""

    def can_prepare_format(self, fourcc: int) -> bool:
        return fourcc == ExecutableFormat.INTERP

    def prepare(self, spec: ExecutableSpec) -> Executable:
        try:
            verify(spec.contents, INTERP_TABLES, "InterpExecutableDef", b"IREE")
            definition = InterpExecutableDef.GetRootAs(spec.contents)
            sources = [_source(definition.Functions(i)) for i in range(definition.FunctionsLength())]
            return InterpreterExecutable(spec.name, [EntryPoint(source) for source in sources])
        except FlatBufferError as error:
            raise DataLoss(f"{spec}: {error}") from None
        except DataLoss as error:
            raise DataLoss(f"{spec}: {error}") from None
        except MemoryError as error:
            raise ResourceExhausted(f"{spec}: no memory for its temporaries: {error}") from None


def _sizes(function: InterpFunctionDef) -> tuple[Polynomial, ...]:
    rows = [function.Sizes(i) for i in range(function.SizesLength())]
    try:
        return tuple(decode([row.Terms(i) for i in range(row.TermsLength())], function.SymbolCount()) for row in rows)
    except ValueError as error:
        raise DataLoss(f"function {function.Name().decode()}: {error}") from None


def _source(function: InterpFunctionDef) -> Source:
    arguments = [function.Arguments(i) for i in range(function.ArgumentsLength())]
    locations = [function.Locations(i) for i in range(function.LocationsLength())]
    return Source(
        name=function.Name().decode(),
        arguments=[(a.ElementType(), tuple(a.Shape(i) for i in range(a.ShapeLength()))) for a in arguments],
        local_count=function.LocalCount(),
        bytecode=bytes(function.BytecodeAsNumpy()) if function.BytecodeLength() else b"",
        symbol_count=function.SymbolCount(),
        sizes=_sizes(function),
        locations=[(place.BytecodeOffset(), (place.Source() or b"").decode()) for place in locations],
    )
