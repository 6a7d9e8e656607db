"""What an executable can be compiled for: one folder a target, the same file names in each."""
