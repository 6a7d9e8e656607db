"""Work on constants that is done once, when compiling."""
