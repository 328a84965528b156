"""What a Python app says: its modules, constants, functions, and what refers to them. Pure."""
