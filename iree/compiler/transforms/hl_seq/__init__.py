"""iree.dispatch_region -> iree_hl_seq: what is computed goes into executables, the order of dispatches stays."""
