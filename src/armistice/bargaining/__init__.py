"""Which deals are open, who blocks them, and what would open them.

Takes arrays, returns plain results; knows no files and no record.
"""
