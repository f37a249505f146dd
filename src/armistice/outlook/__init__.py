"""By when, and how, a war might end: history and simulation together, followed over time."""
