"""Module files that were cut, flipped or forged: refused or right, never a crash."""
