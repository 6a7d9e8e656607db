"""The spirv dialect: one module of GPU code, op by op what SPIR-V's words say. Spelled as today's MLIR prints it."""
