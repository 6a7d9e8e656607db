"""What turns each stage into the next: one folder an arrow, named by what comes out of it."""
