"""Executable bodies as linalg.generic nests, fused and scheduled: the form that the spirv and cpu targets share."""
