"""The proxy core: one request to the app of one line, and its answer back."""

from ..rewriting import Backend
from .forward import forward
from .headers import IDEMPOTENCY_HEADER, INSTANCE_HEADER, LINE_HEADER, Headers, end_to_end
from .model import MAXIMUM_BODY, BackendBroke, Inbound, Outbound, Stream
from .problems import problem
from .session import TIMEOUT, open_session
from .targets import BadTarget, Reserved, safe_target

__all__ = [
    "IDEMPOTENCY_HEADER",
    "INSTANCE_HEADER",
    "LINE_HEADER",
    "MAXIMUM_BODY",
    "TIMEOUT",
    "Backend",
    "BackendBroke",
    "BadTarget",
    "Headers",
    "Inbound",
    "Outbound",
    "Reserved",
    "Stream",
    "end_to_end",
    "forward",
    "open_session",
    "problem",
    "safe_target",
]
