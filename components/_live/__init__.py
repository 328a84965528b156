"""What each slot runs now, and what follows from it: reading, the decision of swap parity, and the fence around the writes."""
