"""Programs that carry their own expectations, run by check_module on every driver."""
