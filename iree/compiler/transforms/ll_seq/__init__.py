"""iree_hl_seq -> iree_ll_seq: workloads become constants, names get ordinals, executables learn their workload."""
