"""A driver over an application's own primitives, in one file: docs/add_a_driver.md builds it step by step."""
