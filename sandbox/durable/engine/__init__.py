"""What runs an instance: replay of its history, the decision what comes of it, and the loops that do so."""
