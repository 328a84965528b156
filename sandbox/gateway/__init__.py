"""The gateway of API Management: what a policy does to a request, and the HTTP server at `<service>.azure-api.net`.

`Policy.read(text, named_values, backends)`, then for each request `policy.begin(request)` with `inbound()` and `outbound(answer)`: pure, without
network. `server` has the gateway that does it for real requests.
"""

from .expressions import PolicyFailed, PolicyRefused
from .messages import Answer, Forward, Onward, Request
from .policy import Passage, Policy

__all__ = ["Answer", "Forward", "Onward", "Passage", "Policy", "PolicyFailed", "PolicyRefused", "Request"]
