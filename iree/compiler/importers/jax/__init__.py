"""JAX programs through JAX's own lowering to StableHLO. JAX is imported when the first one is."""
