"""Which deals are open, who blocks them, and what would open them.

Method modules: they take arrays, return plain frozen results, and know no files and no record.

* :mod:`.classics`: the canonical models, one module per paper; a student can start there.
* :mod:`.packages`, :mod:`.package_survey`: all ``2**J`` packages of issues, for one or for thousands of parameter draws.
* :mod:`.private_information`: what the sides do not know about each other; falling demands, standing firm.
"""
