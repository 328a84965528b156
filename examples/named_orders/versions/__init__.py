"""Frozen versions of the app's functions, one package each. Written by `operations migrate`."""
