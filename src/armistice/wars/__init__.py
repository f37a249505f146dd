"""The bundled war folders, compiled by ``scripts/compile_wars.py``; data only."""
