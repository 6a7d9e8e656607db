"""What compiler and runtime share: the module file's schemas, bytecode tables and ids."""
