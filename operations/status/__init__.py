"""What is where, and what stands in the way: `reading` asks, `noticing` judges, `showing` makes the table."""

from .noticing import Kind, Notice, notices
from .reading import SlotStatus, Status, read_status

__all__ = ["Kind", "Notice", "SlotStatus", "Status", "notices", "read_status"]
