"""NullCommandBuffer: records nothing but events."""

from iree.hal.buffer import Buffer, BytesLike
from iree.hal.dispatch_request import DispatchRequest
from iree.hal.host.command_buffer import HostCommandBuffer


class NullCommandBuffer(HostCommandBuffer):
    """Each method is one command to implement."""

    def fill_buffer(self, target: Buffer, pattern: bytes, offset: int = 0, length: int | None = None) -> None:
        pass

    def discard_buffer(self, buffer: Buffer) -> None:
        pass

    def update_buffer(self, data: BytesLike, target: Buffer, offset: int = 0) -> None:
        pass

    def copy_buffer(
        self,
        source: Buffer,
        target: Buffer,
        source_offset: int = 0,
        target_offset: int = 0,
        length: int | None = None,
    ) -> None:
        pass

    def dispatch(self, request: DispatchRequest) -> None:
        pass
