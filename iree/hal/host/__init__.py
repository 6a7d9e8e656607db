"""Pieces that drivers without a device of their own share: synchronisation and queues in this process."""
