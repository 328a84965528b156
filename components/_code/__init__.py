"""The code that is asked for: its package, its host.json, its version."""
