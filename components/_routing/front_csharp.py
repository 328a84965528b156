"""C# for the gateway's policy: templates with places such as `#line#`, and patterns for what a name or a key may be written like."""

from __future__ import annotations


def filled(template: str, /, **pieces: str) -> str:
    """Each `#name#` replaced, and the names of pieces within pieces too. `#$name#` stands for the variable of the policy, cast to string, since
    `context.Variables` holds objects."""
    for name, piece in pieces.items():
        template = template.replace(f"#{name}#", piece)
    while (start := template.find("#$")) >= 0:
        end = template.index("#", start + 2)
        template = f'{template[:start]}((string)context.Variables["{template[start + 2 : end]}"]){template[end + 1 :]}'
    return template


def verbatim(pattern: str) -> str:
    """A regular expression as a string of C# in which backslashes are themselves. Without quotation marks: who reads raw XML need not know how C#
    doubles them."""
    return '@"' + pattern.replace('"', r"\x22") + '"'


def encoded(name: str) -> str:
    """A pattern for a lower-case name of a query parameter, its letters percent-encoded or not. To be used without regard to case."""
    return "".join(f"(?:{letter}|%{_digits(letter)})" for letter in name)


def _digits(letter: str) -> str:
    """Of a small letter and its capital."""
    small, capital = f"{ord(letter):02x}", f"{ord(letter.upper()):02x}"
    return f"[{capital[0]}{small[0]}]{small[1]}"


__all__ = ["encoded", "filled", "verbatim"]
