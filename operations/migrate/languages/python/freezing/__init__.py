"""How a version of a Python app is frozen: what is copied, what is changed in the copy, and how the app learns of it. Pure."""
