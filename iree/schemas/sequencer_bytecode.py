"""What the host does: one instruction for each iree_ll_seq op.

while calls the condition and the body with what is carried and the captures; the body returns what is carried next.
case calls the function whose number the selector holds, or the last one, with the captures. A trip count is a list of
one number; with it, the condition is not asked.

execute calls a function that returns nothing: dispatches and barriers, which are recorded once.

Locals hold buffers with a type. A function's arguments are locals 0..n-1; every value has a local of its own.
"""

from iree.schemas.instruction import Instruction, InstructionSet

SEQUENCER = InstructionSet(
    "sequencer",
    (
        Instruction(0x00, "constant", "kr"),  # constant of the module, used in place
        Instruction(0x01, "call", "fSR"),
        Instruction(0x02, "while", "ffISSR"),  # condition, body, trip count where known, carried, captures, results
        Instruction(0x03, "case", "sFSR"),  # selector, a function for each of its values, captures, results
        Instruction(0x04, "return", "S"),
        Instruction(0x05, "custom_call", "nSSx"),  # import, inputs, outputs, configuration as UTF-8
        Instruction(0x06, "global_load", "gr"),  # what a variable holds now
        Instruction(0x07, "global_store", "gs"),
        Instruction(0x11, "static_dispatch", "dISO"),  # entry point, workload x y z, bindings read, bindings written
        # entry point, workload x y z, the sizes that the function's caller chose, bindings read, bindings written
        Instruction(0x12, "dynamic_dispatch", "dIISO"),
        Instruction(0x13, "barrier", ""),  # what comes after waits for what came before
        Instruction(0x14, "execute", "fS"),  # a function of commands alone, which writes into what it is given
        Instruction(0x23, "alloc_heap", "tIr"),  # element type, shape
        Instruction(0x24, "alloc_stack", "Ir"),  # byte length; memory of this call, which nothing hands out
        Instruction(0x25, "static_slice", "tIsIr"),  # element type, shape, the buffer it lies in, byte offset
        Instruction(0x37, "static_copy", "sIoII"),  # source, byte offset, target, byte offset, byte length
        Instruction(0x3D, "reshape", "sIr"),  # the same bytes under another shape
    ),
)
