"""Mirrors the rooms: tests/NAME holds the tests of NAME. tests/engine runs whole stacks on the real Pulumi engine."""
