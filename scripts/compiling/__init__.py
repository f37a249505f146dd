"""The steps of ``scripts/compile_wars.py``: one module per war and one for the reference sets."""
