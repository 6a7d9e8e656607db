"""Runtimeless C: a program as one C99 file and its header, which need no runtime, no heap and no operating system."""
