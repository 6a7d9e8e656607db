"""mhlo and std on tensors -> iree.dispatch_region: which operations run as one dispatch."""
