"""What the router's forwarding core costs a request, against asking the app directly and against a reverse proxy that does nothing but forward.

All three are asked in one run, by turns, with the same requests; each server is a process of its own, and so is who asks.
"""
