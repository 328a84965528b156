"""One file per command: what it asks for, what it says, and nothing of what it does. `operations.cli` registers them."""
