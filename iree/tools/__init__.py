"""Command line tools: each file with a main is one."""
