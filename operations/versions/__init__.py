"""Versions of orchestrations: how Durable compares them, and which of them a code has."""
