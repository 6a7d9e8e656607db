"""Executable bodies as linalg.generic nests, fused and scheduled: the form that the spirv and cpu targets share.

    lower-to-linalg     each tensor op becomes a nest with a scalar body
    widen-accumulators  sums of small floats are made in f32
    fuse-producers      parallel nests are computed where they are read; maps are composed
    expand-math         exp, tanh, sin, ... become arithmetic that all devices do alike
    schedule-kernels    nests become the code of one invocation; the launch is planned
    split-complex       complex numbers become their parts
    widen-scalars       small integers and floats are computed in i32 and f32

What is left are loads and stores at indices, scf loops and guards, and scalar arith and math: a target only spells it.
"""
