"""One app, one public address, and the keys that must not leave: what the tests of rewriting share."""

from __future__ import annotations

from functions.router.rewriting import Backend
from functions.router.versions import Line

HOST = "orders-1x0.azurewebsites.net"
KEY = "fn7Qv+Hk/3mPz9_Yc-2LwXs8Tj4Bd6Rg1Nu5Ae0Zo=="
SYSTEM_KEY = "sy5Wd+Jr/8kTq1_Mb-7VxCz3Lh9Gf2Np6Ou4Ei0Sa=="
BACKEND = Backend(f"https://{HOST}", KEY, SYSTEM_KEY, hub="OrdersV1x0", connection="DurableStorage")
LINE = Line(1, 0)
PUBLIC = "https://orders.example.com"
DURABLE = f"{PUBLIC}/api/_durable/1.0"
APP = f"{PUBLIC}/api/_line/1.0"
HOOKS = f"https://{HOST}/runtime/webhooks/durabletask"
OPENED = f"taskHub=OrdersV1x0&connection=DurableStorage&code={SYSTEM_KEY}"
