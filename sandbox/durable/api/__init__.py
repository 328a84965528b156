"""The HTTP API of the extension: what clients ask of a hub."""
