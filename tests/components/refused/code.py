"""The code, its operators, and arguments of the wrong shape."""

from __future__ import annotations

from .bad import Bad

OPERATOR = "aaaaaaaa-1111-4222-8333-cccccccccccc"

CODE = [
    Bad("a path and a URL", {"package": {"url": "https://builds/p.zip"}}, "package", "has both 'path' and 'url'"),
    Bad(
        "a URL without a version",
        {"package": {"path": None, "version": None, "url": "https://builds/p.zip"}},
        "package.version",
        "is required with package.url",
    ),
    Bad(
        "a URL without encryption", {"package": {"path": None, "url": "http://builds/p.zip"}}, "package.url", "is no https URL of a package"
    ),
    Bad("a path that is not there", {"package": {"path": "/nowhere/app"}}, "package.path", "no such file or directory"),
    Bad("a version with a blank", {"package": {"version": "1 0"}}, "package.version", "is no version. Use up to 64 letters"),
    Bad("a replaced version with a slash", {"package": {"replace": "a/b"}}, "package.replace", "is no version"),
    Bad("a version that replaces itself", {"package": {"replace": "1.0.0"}}, "package.replace", "is the new version itself"),
    Bad(
        "a version when a pipeline deploys",
        {"package": {"path": None, "version": "1.0.0"}},
        "package.version",
        "would be ignored: no package is given",
    ),
    Bad(
        "a replaced version when a pipeline deploys",
        {"package": {"path": None, "version": None, "replace": "1.0.0"}},
        "package.replace",
        "would be ignored: no package is given",
    ),
    Bad(
        "a runtime without a version", {"package": {"runtime": "PYTHON"}}, "package.runtime", "is no runtime stack. Write LANGUAGE|VERSION"
    ),
    Bad(
        "another language than the package's",
        {"package": {"runtime": "NODE|20"}},
        "package.runtime",
        "does not fit the package, which is Python",
    ),
    Bad("a starter that can't be held off", {"package": {"starters": ["take-order"]}}, "package.starters[0]", "can't be held off"),
    Bad("an operator by mail address", {"access": {"operators": ["ada@example.org"]}}, "access.operators[0]", "is no principal id"),
    Bad("an operator twice", {"access": {"operators": [OPERATOR, OPERATOR.upper()]}}, "access.operators[1]", "is there twice"),
]

SHAPES = [
    Bad("a misspelt argument", {"packge": {}}, "packge", "is no argument of this component. Did you mean 'package'? Known here: access"),
    Bad("a misspelt nested argument", {"site": {"slot": ["a"]}}, "site.slot", "Did you mean 'slots'? Known here: config, name, slots."),
    Bad(
        "a misspelt argument of an optional group",
        {"access": {"identity": {"id": "i", "clientid": "c", "client_id": "c", "principal_id": "p"}}},
        "access.identity.clientid",
        "Did you mean 'client_id'?",
    ),
    Bad("no site", {"site": None}, "site", "is required"),
    Bad("no site name", {"site": {"name": None}}, "site.name", "is required"),
    Bad("half an identity", {"access": {"identity": {"id": "i", "client_id": "c"}}}, "access.identity.principal_id", "is required"),
    Bad("one slot as text", {"site": {"slots": "staging"}}, "site.slots", "must be a list"),
    Bad("a number as a name", {"site": {"name": 7}}, "site.name", "must be text"),
    Bad("text instead of a group", {"durable": "identity"}, "durable", "must be a group of settings"),
    Bad("a number as a plan's id", {"plan": {"existing_id": 7}}, "plan.existing_id", "must be text, or an output of another resource"),
    Bad("text as a switch", {"storage": {"protect_state": "no"}}, "storage.protect_state", "valid boolean"),
    Bad("sticky settings without a slot", {"sticky_settings": {"LEVEL": "x"}}, "sticky_settings.LEVEL", "must be a map"),
]
