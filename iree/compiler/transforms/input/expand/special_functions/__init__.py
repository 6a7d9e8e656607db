"""CHLO's mathematical functions of f32 and f64, written with ops that every target has.

Narrower floats are computed in f32: expand_special_functions.py sees to it.
"""
