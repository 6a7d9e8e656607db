"""The variables that functions capture: from resources of TensorFlow to constants of the module, never by way of text.

In the graph that goes through the bridge, a handle of the variable's type stands where the function captures the
variable. What comes back reads it by name, and the name stands for the array:

    %0 = ml_program.global_load @vars.v3 : tensor<3x3x3x32xf32>
  becomes
    %0 = mhlo.constant dense<...> : tensor<3x3x3x32xf32>

Before that, small variables and those of integers are written into the text as what they hold, so that TensorFlow folds
them: they may say how long something is, or scale what is already known.
"""

import re
from collections.abc import Iterator
from typing import Any

from numpy.typing import NDArray
from xdsl.dialects.builtin import DenseIntOrFPElementsAttr, ModuleOp, TensorType
from xdsl.dialects.func import FuncOp
from xdsl.ir import SSAValue

from iree.compiler.dialects import mhlo, ml_program
from iree.compiler.importers.tensorflow.bridge import tensorflow
from iree.compiler.ir.constants import array_of, dense
from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.printer import print_attribute
from iree.compiler.ir.rewriting import erase, ops_of

SMALL = 4096  # elements of a variable that TensorFlow may fold

_NAME = re.compile(r"vars\.v(\d+)")  # how the bridge calls the variable of handle v3
_HANDLE = re.compile(r'^ *(%\w+) = "tf\.VarHandleOp"\(\).* shared_name = "v(\d+)"', re.MULTILINE)
_USE = re.compile(r'"tf\.(\w+)"\(([^()]*)\)')
_READ = re.compile(r'"tf\.ReadVariableOp"\((%\w+)\).* -> tensor<[^()]*>(?= loc\(|$)', re.MULTILINE)
_READERS = ("ReadVariableOp", "ResourceGather", "ResourceGatherNd", "VariableShape", "VarIsInitializedOp")


class Variable:
    """A variable, or a tensor from outside, that functions capture, and what it holds. CompileError: nothing yet."""

    def __init__(self, captured: Any, dtype: Any, name: str):
        tf = tensorflow()
        self.captured = captured  # held, so that its identity stays its own
        self.is_resource = captured.dtype == tf.resource
        self.dtype = dtype
        self.name = name
        if self.is_resource and not tf.raw_ops.VarIsInitializedOp(resource=captured):
            raise CompileError(f"variable {name} holds no value yet; initialize it first")
        value = tf.raw_ops.ReadVariableOp(resource=captured, dtype=dtype) if self.is_resource else captured
        self.value: NDArray[Any] = value.numpy()
        self._attribute: DenseIntOrFPElementsAttr | None = None

    @property
    def attribute(self) -> DenseIntOrFPElementsAttr:
        """The constant of its value: one, however many functions read it."""
        if self._attribute is None:
            self._attribute = dense(self.value)
            self.value = array_of(self._attribute)  # so that the bytes are held once
        return self._attribute

    @property
    def may_be_folded(self) -> bool:
        """Whether TensorFlow may compute with its value."""
        return self.value.size <= SMALL or self.value.dtype.kind in "iub"


class Variables:
    """What the functions of one module capture. Variable number 3 is the bridge's `vars.v3`."""

    def __init__(self) -> None:
        self._all: list[Variable] = []
        self._numbers: dict[int, int] = {}

    def number_of(self, captured: Any, inner: Any, name: str, function: str) -> int:
        """The number of what a function captures; `inner` is its placeholder in the function's graph.

        CompileError: it is a table, an iterator or anything else that is no variable, or it holds no value.
        """
        tf = tensorflow()
        dtype = captured.dtype
        if dtype == tf.resource:
            dtype = _type_of_variable(inner)
        if dtype is None or captured.dtype == tf.variant:
            raise CompileError(
                f"function {function} uses {name}, which is no variable but something that lives on the host, "
                "as tables and datasets do; look its contents up outside, and pass them as an argument"
            )
        number = self._numbers.setdefault(id(captured), len(self._all))
        if number == len(self._all):
            self._all.append(Variable(captured, dtype, name))
        return number

    def handle(self, number: int) -> Any:
        """An op of the default graph that gives what functions get for a capture."""
        tf = tensorflow()
        variable = self._all[number]
        handle = tf.raw_ops.VarHandleOp(dtype=variable.dtype, shape=variable.value.shape, shared_name=f"v{number}")
        return handle if variable.is_resource else tf.raw_ops.ReadVariableOp(resource=handle, dtype=variable.dtype)

    def written_in(self, text: str) -> dict[int, str]:
        """The variables that a function writes, each with an op that does. The function's text is inlined."""
        handles = dict(_HANDLE.findall(text))
        return {
            int(handles[operand]): op
            for op, operands in _USE.findall(text)
            if op not in _READERS
            for operand in operands.split(", ")
            if operand in handles
        }

    def fold_small(self, text: str, written: set[int]) -> str:
        """The text with what small variables and those of integers hold, but for those that are written."""
        handles = {name: int(number) for name, number in _HANDLE.findall(text)}

        def constant(read: re.Match[str]) -> str:
            number = handles.get(read[1])
            if number is None or number in written or not self._all[number].may_be_folded:
                return read[0]
            value = _literal(self._all[number].value)
            return f'"tf.Const"() <{{value = {value}}}> : () -> {value.rpartition(" : ")[2]}'

        return _READ.sub(constant, text)

    def bind(self, module: ModuleOp) -> None:
        """Puts a constant in the place of every load of what nobody writes, one in a function for each variable."""
        for function in ops_of(module, FuncOp):
            constants: dict[int, SSAValue] = {}
            for load, number in _loads(function):
                if number not in constants:
                    constant = mhlo.Constant(self._all[number].attribute)
                    constant.location = load.location
                    function.body.block.insert_op_before(constant, function.body.block.first_op)  # type: ignore
                    constants[number] = constant.result
                load.result.replace_all_uses_with(constants[number])
                erase(load)

    def variable(self, number: int) -> Variable:
        """The variable of a number."""
        return self._all[number]


def _loads(function: FuncOp) -> Iterator[tuple[ml_program.GlobalLoad, int]]:
    for load in ops_of(function, ml_program.GlobalLoad):
        match = _NAME.fullmatch(load.variable)
        if match is not None:  # a name that state.py gave is of no concern here
            assert isinstance(load.result.type, TensorType)
            yield load, int(match[1])


def _type_of_variable(resource: Any) -> Any:
    """The tf.DType of the variable behind a resource; None where there is no variable."""
    from tensorflow.python.ops import handle_data_util

    data = handle_data_util.get_resource_handle_data(resource)
    if data is None or not data.is_set or not data.shape_and_type:
        return None
    return tensorflow().as_dtype(data.shape_and_type[0].dtype)


def _literal(value: NDArray[Any]) -> str:
    """`dense<...> : tensor<...>`, in hexadecimal, which no decimal can get wrong."""
    attribute = dense(value)
    if value.dtype.kind == "b" or not value.size:
        return print_attribute(attribute)
    return f'dense<"0x{attribute.data.data.hex().upper()}"> : {print_attribute(attribute.type)}'
