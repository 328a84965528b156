"""Which requests the gateway sends straight to an app, and what it says to the app then.

Only what nobody could read in two ways: a plain path that is none of the router's own, a plain query, no header that the caller may not write, and a
version as the router reads it, whose line is in the list. Everything else is the router's, which knows better, or explains.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .front_csharp import filled, verbatim
from .wanted import RoutedHttp

LIST = "direct-lines"
"""Named value with the lines: `;default=1.1;1.1=<host>|<key>;1.0=<host>|<key>;`, newest first, or `none`. The router writes it."""
_NUMBER = "(?:0|[1-9][0-9]{0,4})"
_VERSION = rf"^{_NUMBER}\.{_NUMBER}(?=\z|\.{_NUMBER}\z)"
"""Matches the line in a version or a line."""
_PATH = r"^/?[A-Za-z0-9_~-][A-Za-z0-9_~.-]*(?:/[A-Za-z0-9_~-][A-Za-z0-9_~.-]*)*/?\z"
"""Without escapes, empty segments, dot segments and matrix parameters. Whether `Url.Path` has been decoded, and begins with a slash, is documented
nowhere: a path that matches is the same in any case."""
_OWN_PATH = r"^/?(?:(?:admin|runtime)(?![a-z0-9_~-])|api/(?:_|versions|deployments|default))"
"""The router's, and those at which the Functions host of an app itself answers."""
_QUERY = r"^\?(?:[A-Za-z0-9_.~\[\]-]+(?:=[^&#\x00-\x20\x7f-\uffff]*)?(?:&|\z))*\z"
_ODD_KEY = r"[?&](?!code)(?i:code)(?=[=&]|\z)"
_FORWARDED = ("For", "Host", "Port", "Proto", "TlsVersion")
_ARR = ("ClientCert", "Log-Id", "Ssl")
"""Of these two families App Service's own front end, on which the tier Consumption seems to stand (inferred), writes some: they are dropped by name."""
_STRANGE = (
    r"_|^(?:x-ms-(?:client-principal|token-|invocation-)|x-durable-|x-functions-(?!key\z)|proxy-|http2-"
    r"|(?:upgrade|trailers?|max-forwards|x-http-method-override|x-rewrite-url|x-original-host|x-real-ip)\z"
    rf"|x-arr-(?!(?:{'|'.join(_ARR).lower()})\z)|x-forwarded-(?!(?:{'|'.join(_FORWARDED).lower()})\z))"
)
"""Names of headers that an app would believe, or that only the router knows how to pass on; and any with an underscore, since servers that make
variables of headers take it for a hyphen."""
_CONNECTION = r"^(?:[\s,]*(?:keep-alive|close))*[\s,]*\z"

HEADERS = (
    ("x-functions-key", filled("@(#$key#)")),
    ("X-Durable-Deploy-Line", filled("@(#$line#)")),
    ("X-Forwarded-Host", "@(context.Request.OriginalUrl.Host)"),
    ("X-Forwarded-Proto", "@(context.Request.OriginalUrl.Scheme)"),
)
"""What the app is told, whatever the caller has said."""

DROPPED = (
    *(f"X-Forwarded-{name}" for name in _FORWARDED if name not in ("Host", "Proto")),
    *(f"X-ARR-{name}" for name in _ARR),
    *("TE", "Expect", "Disguised-Host", "Forwarded", "Client-IP", "X-Client-IP", "X-Client-Port", "X-Original-URL", "X-WAWS-Unencoded-URL"),
    *("X-Site-Deployment-Id", "WAS-Default-Hostname", "X-AppService-Proto", "Accept-Encoding"),
)
"""Addresses, identities, and what ends at each hop, as on the router; and Accept-Encoding: compressed addresses could not be rewritten."""

_ENTRY = r"""@{
      var lines = "{{#list#}}";
      var path = context.Request.OriginalUrl.Path;
      var query = "?" + context.Request.OriginalUrl.QueryString.TrimStart('?');
      if (!Regex.IsMatch(path, #path#) || Regex.IsMatch(path.ToLowerInvariant(), #own_path#)) { return ""; }
      if (!Regex.IsMatch(query, #query#) || Regex.IsMatch(query, #odd_key#)) { return ""; }
      if (context.Request.Headers.Keys.Any(name => Regex.IsMatch(name.ToLowerInvariant(), #strange#))) { return ""; }
      if (!Regex.IsMatch(context.Request.Headers.GetValueOrDefault("Connection", "").ToLowerInvariant(), #connection#)) { return ""; }
      var asked = context.Request.Headers.GetValueOrDefault("#header#", "").Trim();
      var given = Regex.Match(query, @"[?&]#name#(?:=([^&]*))?(?=&|\z)");
      if (given.Success) {
        if (Regex.IsMatch(query.Substring(given.Index + given.Length), @"&#name#(?:[=&]|\z)")) { return ""; }
        if (asked != "" && asked != given.Groups[1].Value) { return ""; }
        asked = given.Groups[1].Value;
      }
      else if (asked == "") { asked = Regex.Match(lines, ";default=([0-9.]+);").Groups[1].Value; }
      var line = Regex.Match(asked, #version#).Value;
      if (line == "") { return ""; }
      return Regex.Match(lines, ";" + line.Replace(".", "\\.") + "=[^|;]+\\|[^;]+;").Value.Trim(';');
    }"""


def entry(http: RoutedHttp) -> str:
    """The line's entry in the list, `1.0=<host>|<key>`, or nothing: then the request is the router's."""
    return filled(
        _ENTRY,
        list=LIST,
        path=verbatim(_PATH),
        own_path=verbatim(_OWN_PATH),
        query=verbatim(_QUERY),
        odd_key=verbatim(_ODD_KEY),
        strange=verbatim(_STRANGE),
        connection=verbatim(_CONNECTION),
        header=http.version_header,
        name=re.escape(http.version_query),
        version=verbatim(_VERSION),
    )


def variables(public_url: str | None) -> Iterator[tuple[str, str]]:
    """What the entry says, and what clients call the gateway; None: as this one has called it."""
    yield "line", filled("@(#$direct#.Split('=')[0])")
    yield "app", filled('@(Regex.Match(#$direct#, "=([^|]+)").Groups[1].Value)')
    yield "key", filled("@(#$direct#.Substring(#$direct#.IndexOf('|') + 1))")
    yield "public", public_url or '@(context.Request.OriginalUrl.Scheme + "://" + context.Request.OriginalUrl.Host)'


__all__ = ["DROPPED", "HEADERS", "LIST", "entry", "variables"]
