"""Weights: what a header says of the file that constants are kept in, if they are not in the C."""

import zlib

from iree.compiler.codegen.runtimeless_c.buffers import described
from iree.compiler.codegen.runtimeless_c.constants import Constants
from iree.compiler.codegen.runtimeless_c.names import identifier


def described_weights(constants: Constants, file: str) -> str:
    """The layout of the file, its size and checksum."""
    weights, name = constants.weights(), identifier(file).upper()
    rows = [f"   from byte {each.offset} {each.name}: {described(each.value.type)}\n" for each in constants.all()]
    return (
        f"/* What weights points to: the bytes of {file}.weights, aligned to 64, little-endian:\n"
        f"{''.join(rows)}   The checksum is that of zlib and PNG. */\n"
        f"#define {name}_WEIGHTS_BYTES {len(weights)}\n"
        f"#define {name}_WEIGHTS_CRC32 UINT32_C(0x{zlib.crc32(weights):08x})\n"
    )
