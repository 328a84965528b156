"""What a person who starts the sandbox can put right."""


class SandboxProblem(Exception):
    """The sandbox can't start or go on. The message says what is wrong and the way out; it is shown without a traceback."""


class PortTaken(SandboxProblem):
    """Somebody else listens on a port that the sandbox has chosen."""
