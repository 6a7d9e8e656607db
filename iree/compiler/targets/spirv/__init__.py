"""The Vulkan target: scheduled kernels become SPIR-V."""
