"""iree.dispatch_region -> iree_hl_seq: what is computed goes into executables, what is left is the order of dispatches."""
