"""C++ source over iree/hal/c++ as the result of compilation: one class for each module."""
