"""interpreter-bytecode: executables as whole-tensor operations for the reference interpreter."""
