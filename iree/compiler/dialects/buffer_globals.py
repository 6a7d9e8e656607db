"""Variables over buffers: the ops that iree_hl_seq and iree_ll_seq each have under their own name.

%0 = iree_ll_seq.global_load @count : memref<i32>
iree_ll_seq.global_store @count = %1 : memref<i32>
"""

from xdsl.dialects.builtin import MemRefType, SymbolRefAttr
from xdsl.ir import Attribute, SSAValue
from xdsl.irdl import IRDLOperation, operand_def, prop_def, result_def


class BufferGlobalLoad(IRDLOperation):
    """What a variable holds now; storing to it later does not change the buffer.

    %0 = iree_hl_seq.global_load @count : memref<i32>
    """

    variable = prop_def(SymbolRefAttr)
    buffer = result_def(MemRefType)
    assembly_format = "$variable `:` type($buffer) attr-dict"

    def __init__(self, variable: SymbolRefAttr, type_: Attribute):
        super().__init__(properties={"variable": variable}, result_types=[type_])


class BufferGlobalStore(IRDLOperation):
    """Gives a variable another value.

    iree_hl_seq.global_store @count = %0 : memref<i32>
    """

    variable = prop_def(SymbolRefAttr)
    buffer = operand_def(MemRefType)
    assembly_format = "$variable `=` $buffer `:` type($buffer) attr-dict"

    def __init__(self, variable: SymbolRefAttr, buffer: SSAValue):
        super().__init__(properties={"variable": variable}, operands=[buffer])
