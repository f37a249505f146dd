"""By when, and how, a war might end: history and simulation together, followed over time.

* :mod:`.chances`: chances by month and way of ending, and what they add up to by any horizon.
* :mod:`.pool`: a logarithmic pool of several methods' chances.
* :mod:`.weights`: how much each method weighs, learnt from wars whose end is known and drawn towards equal weights.
* :mod:`.scores`: scores of the whole time to an end, also where observation stopped early.
* :mod:`.change`: is it further away than it was, over months that share their assumptions?

Methods: arrays in, plain results out. No files and no records.
"""
