"""Azure as the operations reach it: ARM requests with their retries, and who signs in."""

from .client import Answer, Arm, ArmFailed
from .credentials import ca_bundle, client_options, sign_in

__all__ = ["Answer", "Arm", "ArmFailed", "ca_bundle", "client_options", "sign_in"]
