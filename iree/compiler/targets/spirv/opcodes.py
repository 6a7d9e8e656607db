"""Numbers of the SPIR-V specification that are not on an op of the dialect."""

import enum


class Op(enum.IntEnum):
    """Instructions."""

    NAME = 5
    STRING = 7
    LINE = 8
    EXTENSION = 10
    EXT_INST_IMPORT = 11
    EXT_INST = 12
    MEMORY_MODEL = 14
    ENTRY_POINT = 15
    EXECUTION_MODE = 16
    CAPABILITY = 17
    TYPE_VOID = 19
    TYPE_BOOL = 20
    TYPE_INT = 21
    TYPE_FLOAT = 22
    TYPE_VECTOR = 23
    TYPE_ARRAY = 28
    TYPE_RUNTIME_ARRAY = 29
    TYPE_STRUCT = 30
    TYPE_POINTER = 32
    TYPE_FUNCTION = 33
    CONSTANT_TRUE = 41
    CONSTANT_FALSE = 42
    CONSTANT = 43
    FUNCTION = 54
    FUNCTION_END = 56
    VARIABLE = 59
    LOAD = 61
    STORE = 62
    ACCESS_CHAIN = 65
    DECORATE = 71
    MEMBER_DECORATE = 72
    COMPOSITE_EXTRACT = 81
    PHI = 245
    LOOP_MERGE = 246
    SELECTION_MERGE = 247
    LABEL = 248
    BRANCH = 249
    BRANCH_CONDITIONAL = 250
    RETURN = 253


class Decoration(enum.IntEnum):
    """What OpDecorate can say."""

    BLOCK = 2
    ARRAY_STRIDE = 6
    BUILT_IN = 11
    ALIASED = 20
    NON_WRITABLE = 24
    BINDING = 33
    DESCRIPTOR_SET = 34
    OFFSET = 35
    NO_CONTRACTION = 42


CAPABILITIES = {
    "Shader": 1,
    "Float64": 10,
    "Int64": 11,
    "StorageBuffer16BitAccess": 4433,
    "StorageBuffer8BitAccess": 4448,
}
ADDRESSING_MODELS = {"Logical": 0}
MEMORY_MODELS = {"GLSL450": 1}
EXECUTION_MODELS = {"GLCompute": 5}
EXECUTION_MODES = {"LocalSize": 17}
BUILT_INS = {"GlobalInvocationId": 28}
