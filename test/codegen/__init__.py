"""Source code that is generated from programs, run beside the VM."""
