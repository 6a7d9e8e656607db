"""What reads programs: one importer a source. Each gives mhlo ops, and says what is exported."""
