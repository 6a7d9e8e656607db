"""The dialects of every stage, one file each."""
