"""The record of a war: a folder that anyone can write, and what was known of it by the end of a day.

The way through it: ``schema`` says what a folder holds; ``grid``, ``cells``, ``tables`` and ``series_tables``
read files; ``folder`` reads a whole one; ``check`` and ``check_rows`` judge it; ``cut`` leaves out what came later and
makes a :class:`~armistice.record.as_of.Record`; ``load`` is the door; ``coverage`` says what a record lacks;
``skeleton`` starts a folder; ``reference`` holds other wars.
"""
