"""How violence moves: arrays in, results out; no files and no records."""
