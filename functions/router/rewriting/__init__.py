"""What an app says of its own addresses, said of the router's: Durable management payloads, `Location` headers, and the way back. Pure."""

from .locations import ADDRESSES
from .management import NotManagement, management_target
from .parties import Backend, BadBase
from .rewriter import BodyRewriter, Rewriter, rewrite_location, rewrite_payload, rewriter_for
from .treatments import PAYLOAD_BYTES, REWRITTEN, Treatment, treatment_of

__all__ = [
    "ADDRESSES",
    "PAYLOAD_BYTES",
    "REWRITTEN",
    "Backend",
    "BadBase",
    "BodyRewriter",
    "NotManagement",
    "Rewriter",
    "Treatment",
    "management_target",
    "rewrite_location",
    "rewrite_payload",
    "rewriter_for",
    "treatment_of",
]
