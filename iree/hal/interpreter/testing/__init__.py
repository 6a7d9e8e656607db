"""What only tests of the interpreter need."""
