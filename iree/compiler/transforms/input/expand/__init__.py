"""Ops that are made of others, so that no target has to know them."""
