"""What reads programs: one importer a source. Each gives a module of mhlo ops in which the exported functions say so."""
