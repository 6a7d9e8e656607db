"""Counter-based random number generators, bit for bit as XLA has them, on words of 32 bits.

Wider numbers are lists of words, the lowest first, so that a device needs no wider arithmetic.
"""
