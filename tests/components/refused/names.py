"""Names, and plans that can't do what is asked."""

from __future__ import annotations

from .bad import Bad

NAMES = [
    Bad(
        "a site name with an underscore",
        {"site": {"name": "my_orders"}},
        "site.name",
        "'my_orders': is no valid site name. Rule: 2 to 60 letters",
    ),
    Bad("a site name of one letter", {"site": {"name": "o"}}, "site.name", "is no valid site name"),
    Bad("a site name of 61 letters", {"site": {"name": "o" * 61}}, "site.name", "is no valid site name"),
    Bad("a site name that ends in a hyphen", {"site": {"name": "orders-"}}, "site.name", "no hyphen at either end"),
    Bad("no staging slot", {"site": {"slots": []}}, "site.slots", "needs at least one staging slot"),
    Bad("a slot called production", {"site": {"slots": ["Production"]}}, "site.slots[0]", "which every site has already"),
    Bad("a slot name of 60 letters", {"site": {"slots": ["s" * 60]}}, "site.slots[0]", "2 to 59 letters"),
    Bad("a slot name with a full stop", {"site": {"slots": ["staging", "a.b"]}}, "site.slots[1]", "is no valid slot name"),
    Bad("a slot twice in other case", {"site": {"slots": ["staging", "Staging"]}}, "site.slots[1]", "is there twice (Azure ignores case)"),
    Bad(
        "a resource group that ends in a full stop",
        {"resource_group": {"name": "shop."}},
        "resource_group.name",
        "is no valid resource group name",
    ),
    Bad(
        "a resource group both taken and made",
        {"resource_group": {"existing": "a", "name": "b"}},
        "resource_group",
        "has both 'existing' and 'name'",
    ),
    Bad(
        "an account name with a hyphen",
        {"storage": {"host_account": "my-host"}},
        "storage.host_account",
        "3 to 24 lower-case letters and digits",
    ),
    Bad("an account name in capitals", {"storage": {"packages_account": "Packages"}}, "storage.packages_account", "lower-case"),
    Bad(
        "an account name of 25 letters", {"storage": {"durable_accounts": {"green": "g" * 25}}}, "storage.durable_accounts.green", "3 to 24"
    ),
    Bad(
        "durable accounts that are the same",
        {"storage": {"durable_accounts": {"blue": "shop", "green": "shop"}}},
        "storage.durable_accounts.green",
        "is the same account as storage.durable_accounts.blue",
    ),
    Bad(
        "a durable account that is the host's",
        {"storage": {"durable_accounts": {"blue": "ordershost"}}},
        "storage.host_account",
        "is the same account as storage.durable_accounts.blue",
    ),
    Bad(
        "packages in a durable account",
        {"storage": {"packages_account": "ordersblue"}},
        "storage.packages_account",
        "is the same account as",
    ),
    Bad(
        "an account for a bundle that is not there",
        {"storage": {"durable_accounts": {"amber": "shopamber"}}},
        "storage.durable_accounts.amber",
        "is no bundle of this component. Bundles here: blue, green.",
    ),
    Bad(
        "a host account both taken and made",
        {"resource_group": {"existing": "shop"}, "storage": {"host_account": "abc", "existing_host_account": "abd"}},
        "storage",
        "has both 'host_account' and 'existing_host_account'",
    ),
    Bad(
        "an existing host account in a group that is yet to be made",
        {"storage": {"existing_host_account": "shophost"}},
        "storage.existing_host_account",
        "which the component would make. Give resource_group.existing",
    ),
]

PLANS = [
    Bad(
        "Flex Consumption has no slots",
        {"plan": {"sku": "FC1"}},
        "plan.sku",
        "has no deployment slots, and this strategy is built on a swap. Use P0v3 or EP1, or the orchestration-versioning strategy",
    ),
    Bad("a Basic plan has no slots", {"plan": {"sku": "B1"}}, "plan.sku", "is a Basic plan, which has no deployment slots"),
    Bad("a free plan has no slots", {"plan": {"sku": "F1"}}, "plan.sku", "which has no deployment slots"),
    Bad("a plan that is not known", {"plan": {"sku": "Z9"}}, "plan.sku", "is no plan SKU that this component knows"),
    Bad(
        "two staging slots on Consumption",
        {"plan": {"sku": "Y1"}, "site": {"slots": ["aa", "bb"]}},
        "site.slots",
        "makes 3 slots with production, but a Consumption plan has 2",
    ),
    Bad(
        "three staging slots on Elastic Premium",
        {"plan": {"sku": "EP1"}, "site": {"slots": ["aa", "bb", "cc"]}},
        "site.slots",
        "a Elastic Premium plan has 3",
    ),
    Bad(
        "five staging slots on Standard",
        {"plan": {"sku": "S1"}, "site": {"slots": [f"s{n}" for n in range(5)]}},
        "site.slots",
        "makes 6 slots with production, but a Standard plan has 5",
    ),
    Bad(
        "twenty staging slots on Premium", {"site": {"slots": [f"s{n}" for n in range(20)]}}, "site.slots", "makes 21 slots with production"
    ),
    Bad("workers of a Consumption plan", {"plan": {"sku": "Y1", "capacity": 3}}, "plan.capacity", "is ignored on a Consumption plan"),
    Bad(
        "workers of a plan that exists",
        {"plan": {"existing_id": "/plans/shared", "capacity": 3}},
        "plan.capacity",
        "would be ignored: the plan exists already",
    ),
    Bad("no workers", {"plan": {"capacity": 0}}, "plan.capacity", "greater than or equal to 1"),
    Bad("half a worker", {"plan": {"capacity": 1.5}}, "plan.capacity", "valid integer"),
    Bad("premium storage", {"storage": {"sku": "Premium_LRS"}}, "storage.sku", "is no redundancy of a general-purpose account"),
    Bad(
        "retention of a workspace that exists",
        {"monitoring": {"workspace_id": "/logs", "retention_days": 60}},
        "monitoring.retention_days",
        "would be ignored: the workspace exists already",
    ),
    Bad("logs kept for a day", {"monitoring": {"retention_days": 1}}, "monitoring.retention_days", "greater than or equal to 30"),
    Bad(
        "a content share on Elastic Premium without a package",
        {"plan": {"sku": "EP1"}, "package": None},
        "storage.content_connection",
        "is required on a Elastic Premium plan when no package is given",
    ),
    Bad(
        "a content connection beside a package",
        {"plan": {"sku": "EP1"}, "storage": {"content_connection": "c"}},
        "storage.content_connection",
        "would be ignored: the code runs from its package",
    ),
    Bad(
        "a content connection on a Dedicated plan",
        {"package": None, "storage": {"content_connection": "c"}},
        "storage.content_connection",
        "would be ignored: a Premium v3 plan has no content share",
    ),
]
