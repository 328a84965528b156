"""The two versioning strategies, where each slot's task hub stays and the code travels: what clients start, and when that may change."""
