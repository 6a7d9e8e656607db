"""Programs as one C99 file that calls Vulkan, and its header."""
