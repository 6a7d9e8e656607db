"""Source code as the result of compilation, in place of a module file."""
