"""A driver that accepts everything and computes nothing: the start of a new driver, and a measure of our own overhead.

To write a driver:
1. Copy this folder and replace "null" and "Null" by your driver's name; the file names stay.
2. Add its name to iree/hal/registry.py, and to DRIVERS and COMPUTING_DRIVERS in
   iree/hal/cts/conftest.py.
3. Give iree/hal/cts/executables.py the smallest executable that your device runs.
4. Run the conformance suite, iree/hal/cts, and implement what it names: memory first (allocator, buffer), then transfer
   commands, then executables.
"""
