"""Tools that the project is built with. Nothing here ships to a cloud."""
