"""DeviceInfo: what a driver tells of a device before it is created."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class DeviceInfo:
    """One device that a driver found. `handle` is the driver's own: a number that stays the same while it runs."""

    name: str
    description: str
    driver: str
    handle: int = 0
