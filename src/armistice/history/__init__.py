"""How earlier wars ended: arrays in, results out; no files and no records."""
