"""Which op the compiler has for which element type on which driver, found by running each."""
