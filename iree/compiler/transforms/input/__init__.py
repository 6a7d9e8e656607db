"""From imported programs to one set of ops that the rest of the compiler reads: mhlo, then arith and math with it."""
