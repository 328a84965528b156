"""An app's URLs as the gateway's, and its key taken out: C# that does to text what the router does (functions/router/rewriting). Text is searched, not
parsed: strings that begin as a URL of the app, in JSON at any depth, however SDKs escape them.
"""

from __future__ import annotations

from collections.abc import Iterator

from .front_csharp import encoded, filled, verbatim

_SLASH = r"(?:\\*/|\\+u002[fF])"
_BEHIND = r'(?=[/?#"]|\\+(?:["/]|u00(?:2[fF]|3[fF]|23)))'
"""What a host ends at: JSON may write it with backslashes."""
_MANAGED = rf"{_SLASH}(?i:runtime){_SLASH}(?i:webhooks){_SLASH}(?i:durabletask){_BEHIND}"
_LETTER = r"\\+u00(2[13-9A-Fa-f]|3[0-9ABDFabdf]|4[0-9A-Fa-f]|5[0-9ABDFabdf]|6[1-9A-Fa-f]|7[0-9ABDEabde])"
"""What may stand in a URL and in a JSON string as it is, and .NET's serializer escapes nevertheless."""
_ANY = r'(?:[^"\\]|\\+[^"\\])*'
"""An instance id may have spaces and letters of any kind, and SDKs put it into its URLs as it is."""
_PLAIN = rf'(?:[^"\\\x00-\x20\x7f]|\\+/|{_LETTER.replace("(", "(?:")})*'
"""With anything else it is a text that begins with a URL."""
_REST = rf'(?:({_MANAGED})({_ANY})|{_BEHIND}({_PLAIN}))(\\*)(?=")'
"""The last group: a string within a string ends with an escaped quote."""

_SPELLINGS = (("/", "2[Ff]"), ("+", "2[Bb]"), ("=", "3[Dd]"), ("-", "2[Dd]"), ("_", "5[Ff]"))
"""Characters of a key that are no letters and digits, each with its code. The slash is first: what takes its place has none of the others."""

_URLS = r"""@(@"\x22(?i:https?):(?:\\*/){2}(?i:(?:"
          + #$app#.Replace(".", @"(?:\.|\\+u002e)").Replace("-", @"(?:-|\\+u002d)") + "(?::443|:80)?|"
          + Regex.Replace(#$public#, @"^https?://|:443\z", "").Replace(".", @"(?:\.|\\+u002e)")
          + #rest#)"""

_DROPPED = r"""@{
          var one = #one#;
          return "[?&](?:" + one + "&)*" + one + @"(?=#|\z)|([?&])(?:" + one + @"&)+|\?(?=#|\z)";
        }"""

_REWRITTEN = r"""Regex.Replace(#text#, #$urls#, m => "\"" + #$public# + Regex.Replace(Regex.Replace(
            (m.Groups[1].Success ? "/api/_durable/" : "/api/_line/") + #$line# + Regex.Replace(
              Regex.Replace(m.Groups[2].Value + m.Groups[3].Value, @"\\+/", "/"), #letter#, n => System.Net.WebUtility.UrlDecode("%" + n.Groups[1].Value)),
            @"^(/api/_line/[0-9.]+)(?=[?#]|\z)", "$1/"),
            (string)context.Variables[m.Groups[1].Success ? "hubs" : "codes"], "$1", RegexOptions.IgnoreCase) + m.Groups[4].Value)"""


def variables() -> Iterator[tuple[str, str]]:
    """Patterns that are used more than once."""
    yield "urls", filled(_URLS, rest=verbatim(f"(?={_MANAGED})))" + _REST))
    yield "codes", _dropped("code")
    yield "hubs", _dropped("code", "taskhub", "connection")
    yield "mask", _mask()


def rewritten(text: str) -> str:
    """`text`: an expression. URLs of the app in it, and of its Durable API under the gateway's host (`useForwardedHost`), become the gateway's."""
    return filled(_REWRITTEN, text=text, letter=verbatim(_LETTER))


def masked(text: str) -> str:
    """With as many characters as the key has."""
    return filled('Regex.Replace(#text#, #$mask#, k => Regex.Replace(k.Value, ".", "*"))', text=text)


def _dropped(*names: str) -> str:
    """A pattern for these parameters of a query, with the character before or behind them that has to go too. Group 1 stays."""
    space = r"(?:\+|%20| )*"
    return filled(_DROPPED, one=verbatim(f"{space}(?:{'|'.join(map(encoded, names))}){space}(?:=[^&#]*)?"))


def _mask() -> str:
    """A pattern for the app's key, however it is written. Texts below eight characters are no keys."""
    spellings = ((sign, rf"(?:\\*[{sign}]|%(?:25)*{code}|\\{{1,}}u00{code})") for sign, code in _SPELLINGS)
    written = "".join(f".Replace({verbatim(sign)}, {verbatim(spelling)})" for sign, spelling in spellings)
    return filled('@(#$key#.Length > 7 ? #$key##written# : "(?!)")', written=written)


__all__ = ["masked", "rewritten", "variables"]
