"""The hardware abstraction layer: one noun a file, one folder a driver. Start with registry.create_driver."""
