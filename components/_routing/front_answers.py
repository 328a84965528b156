"""What the gateway does to an app's answer before the client has it, as the router does it (functions/router/forwarding/answers), as far as a policy can.

What says to be longer than 1 MiB and what is neither JSON nor text passes unread. JSON and text/plain that do not say how long they are are read; a
policy can read 2 MiB (Microsoft docs, "API Management limits", buffered payload). A body that stays as it is keeps its bytes.
"""

from __future__ import annotations

from collections.abc import Iterator

from . import front_rewriting as rewriting
from .front_csharp import filled, verbatim

ADDRESSES = ("Location", "Content-Location", "Operation-Location", "Azure-AsyncOperation")
"""Headers that name an address."""
DROPPED = ("Alt-Svc", "X-Functions-Key", "X-ARR-Log-Id", "X-ARR-SSL", "Proxy-Authenticate")
OF_CONTENT = ("ETag", "Content-MD5", "Digest", "Content-Digest", "Repr-Digest")
"""They describe the bytes that the app has sent."""
_MIB = r"^0*(?:[0-9]{1,6}|10[0-3][0-9]{4}|104[0-7][0-9]{3}|1048[0-4][0-9]{2}|10485[0-6][0-9]|104857[0-6])\z"
"""A number up to 1048576."""

_ADDRESSES = r"""@{
          var root = "https://" + #$app#;
          var path = root + "/" + context.Request.OriginalUrl.Path.TrimStart('/');
          var said = "\n" + #said#;
          said = Regex.Replace(said, @"\n(?=//" + #$app# + ")", "\nhttps:", RegexOptions.IgnoreCase);
          said = Regex.Replace(said, @"\n(?=/(?!/)[!-\[\]-~]*\n)", "\n" + root);
          said = Regex.Replace(said, @"\n(?=[?#\n])", "\n" + path);
          said = Regex.Replace(said, @"\n(?![A-Za-z][A-Za-z0-9+.-]*:|/)(?=[!-\[\]-~]+\n)", "\n" + Regex.Replace(path, @"[^/]*\z", ""));
          said = #rewritten#.Replace("\"\n\"", "\n");
          return #masked#;
        }"""

_LOOK = r"""@{
          var type = context.Response.Headers.GetValueOrDefault("Content-Type", "").Trim().ToLowerInvariant();
          var length = context.Response.Headers.GetValueOrDefault("Content-Length", "").Trim();
          var encoding = context.Response.Headers.GetValueOrDefault("Content-Encoding", "").Trim().ToLowerInvariant();
          var status = context.Response.StatusCode;
          if (context.Response.Body == null || context.Request.Method == "HEAD" || status == 204 || status == 304 || length == "0") { return ""; }
          if (encoding != "" && encoding != "identity") { return ""; }
          if (Regex.IsMatch(length, @"^[0-9]+\z") && !Regex.IsMatch(length, #mib#)) { return ""; }
          if (Regex.IsMatch(type, @"^(?:application/json|[^;]*\+json)\s*(?:;|\z)")) { return status == 206 ? "keys" : "urls"; }
          if (Regex.IsMatch(type, @"^text/plain\s*(?:;|\z)")) { return status == 206 ? "keys" : "sniffed"; }
          return type.StartsWith("text/", StringComparison.OrdinalIgnoreCase) && length != "" ? "keys" : "";
        }"""

SAID = "@(context.Response.Body.As<string>(preserveContent: true))"
"""The body as it came."""
_SAYS = r"""@{
              var said = #$said#;
              if (#$look# == "urls" || (#$look# == "sniffed" && Regex.IsMatch(said, @"^\s*[{\[\x22]"))) {
                said = #rewritten#;
              }
              return #masked#;
            }"""
SAYS = filled(_SAYS, rewritten=rewriting.rewritten("said"), masked=rewriting.masked("said"))
"""As it leaves."""


def variables() -> Iterator[tuple[str, str]]:
    """`look`: `urls` of JSON; `sniffed`: JSON if it begins so; `keys`: only the key is masked; nothing: the body passes unread."""
    yield from rewriting.variables()
    yield "addresses", _addresses()
    yield "look", filled(_LOOK, mib=verbatim(_MIB))


def address(number: int) -> str:
    """Of ADDRESSES."""
    return filled(f"@(#$addresses#.Split('\\n')[{number + 1}])")


def _addresses() -> str:
    """All of them, each on a line of its own and in quotes, so that they are rewritten as those in a body. A relative one is the app's own; what it has
    of dots the client resolves."""
    said = " + ".join(f'context.Response.Headers.GetValueOrDefault("{name}", "") + "\\n"' for name in ADDRESSES)
    in_quotes = 'said.Replace("\\n", "\\"\\n\\"")'
    return filled(_ADDRESSES, said=said, rewritten=rewriting.rewritten(in_quotes), masked=rewriting.masked("said"))


__all__ = ["ADDRESSES", "DROPPED", "OF_CONTENT", "SAID", "SAYS", "address", "variables"]
