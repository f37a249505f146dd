"""Which deals are open, who blocks them, and what would open them.

Method modules: they take arrays, return plain frozen results, and know no files and no record.

* :mod:`.classics`: the canonical models, one module per paper; a student can start there.
* :mod:`.packages`, :mod:`.package_survey`: all ``2**J`` packages of issues, for one or thousands of parameter draws.
* :mod:`.game`, :mod:`.equilibrium`, :mod:`.reading`, :mod:`.region`: the stochastic game of ``docs/model.md``, its logit
  equilibrium with certificates, and many draws of what is not known.
* :mod:`.private_information`: what the sides do not know about each other; falling demands, standing firm.
"""
