"""Python source over iree.hal as the result of compilation: one class for each module."""
