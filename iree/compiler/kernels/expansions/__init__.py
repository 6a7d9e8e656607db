"""Mathematical functions of f32 and f64 and exact integer ones, written with basic arithmetic that every device has.

Floating-point code here does not rely on fused multiply-adds, nor breaks where a device fuses; special values are found
by their bits, so that a device which flushes subnormal numbers sees the same cases.
"""
