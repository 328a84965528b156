"""Who and where the embedded Azure is: made-up ids, the same on every machine, so that tests and transcripts can name them."""

DEFAULT_SUBSCRIPTION = "00000000-0000-4000-8000-00000000d0d0"
DEFAULT_TENANT = "00000000-0000-4000-8000-00000000e0e0"
OPERATOR_OBJECT_ID = "00000000-0000-4000-8000-00000000a0a0"
"""The principal that a command run inside the sandbox is signed in as."""
