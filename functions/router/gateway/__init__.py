"""API Management in front, with lines that it sends straight to their apps: the list of them, and where it is kept."""

from .listing import LONGEST, NOTHING, Entry, Listing
from .named_value import Found, NamedValue, Overtaken

__all__ = ["LONGEST", "NOTHING", "Entry", "Found", "Listing", "NamedValue", "Overtaken"]
