"""Why the task hub can't be found, as one sentence that a person can act on."""


class NotLocated(Exception):
    """What the slot's settings and host.json say leads to no task hub. Nobody knows then whether anything runs."""


__all__ = ["NotLocated"]
