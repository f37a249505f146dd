"""Wars played forward, month by month, with chance: how they end, when, and at what price.

The rules are those of the bargaining game (``docs/model.md``), with the policies of its equilibrium; violence rides on
top. Method modules: they take arrays and know no files and no record.

* :mod:`.rules`: what is played; :mod:`.violence` the forces, strikes and lulls that the game leaves out.
* :mod:`.play`: play many wars, and what they came to.
* :mod:`.policy`, :mod:`.philox`, :mod:`.kernels`: packed policies, counter-based random numbers, compiled loops.
"""
