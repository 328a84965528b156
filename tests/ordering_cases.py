"""Pairs of ordinary versions, for those who know the order in a simpler form than Durable itself."""

NUMBERS_AND_TEXTS = [
    ("1.0", "2.0"),
    ("2.0", "1.0"),
    ("2.0", "2.0"),
    ("10.0", "9.0"),
    ("1.0", "1.0.0"),
    ("1.10", "1.9"),
    ("9", "10"),
    ("b", "A"),
    ("2.0", "v1"),
]
