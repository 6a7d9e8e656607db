"""A digits classifier on small systems, Cortex-M4 and RISC-V: docs/embedding.md goes through it."""
