"""Kernels written by hand, compiled by the SPIR-V target, run on Vulkan and compared with NumPy bit by bit."""
