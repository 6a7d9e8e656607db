"""Event: orders commands of one queue more finely than a barrier. Set and reset by commands only."""


class Event:
    """Made by Device.create_event; a driver derives its own from it."""
