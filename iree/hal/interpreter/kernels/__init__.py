"""What each instruction of the interpreter does, one file a family of them. table.py lists all."""
