"""The Vulkan driver: real Vulkan 1.1 and later through the system's loader. Read driver.py first, then device.py.

The HAL's nouns stand here under the same names as in every driver. Below them are Vulkan's objects with Python's
lifetimes: raw, errors, instance, device_features, device_properties, logical_device, owned, memory_type_choice,
memory_pool, memory_import, timeline, in_flight, recording, layout, spirv_module, executable_def.
"""
