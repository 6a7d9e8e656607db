"""Final IR to the bytes of a module file."""
