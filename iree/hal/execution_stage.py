"""Stages that a command goes through on a device: what a barrier or an event orders."""

import enum


class ExecutionStage(enum.IntFlag):
    """Combine with |."""

    NONE = 0
    COMMAND_ISSUE = 1
    COMMAND_PROCESS = 2
    DISPATCH = 4
    TRANSFER = 8
    COMMAND_RETIRE = 16
    HOST = 32

    def __str__(self) -> str:
        return self.name or str(int(self))
