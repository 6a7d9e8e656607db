"""The virtual machine: reads module files, checks them and runs their functions over the HAL."""
