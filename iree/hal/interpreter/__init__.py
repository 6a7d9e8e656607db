"""The reference interpreter: runs whole-tensor bytecode with NumPy.

executable_cache -> decode (bytecode to steps) -> layout (where each local lives) -> plan (what is bound once)
                 -> kernels/ (what each instruction does)
"""
