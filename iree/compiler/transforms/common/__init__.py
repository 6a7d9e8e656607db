"""Passes that any stage can use, whatever dialects it is in: cse, dce."""
