"""Azure's name rules and the names derived from others."""

import re
import string
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components._azure import names as _names
from components._azure.names import NameRule

SITES = st.from_regex(r"[a-zA-Z0-9]([a-zA-Z0-9-]{0,58}[a-zA-Z0-9])", fullmatch=True)
SLOTS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,57}[a-z0-9])", fullmatch=True)

GOOD = [
    (_names.STORAGE_ACCOUNT, ["abc", "orders1", "a" * 24]),
    (_names.SITE, ["ab", "Orders-1", "a" * 60]),
    (_names.SLOT, ["st", "staging", "pre-production", "a" * 59]),
    (_names.PLAN, ["p", "orders-plan", "a" * 40]),
    (_names.RESOURCE_GROUP, ["r", "rg-orders_(eu).1", "größe", "a" * 90]),
    (_names.TASK_HUB, ["Hub", "OrdersBlue1", "a" * 45]),
    (_names.HOST_ID, ["a", "orders-staging", "a" * 32]),
    (_names.APP_SETTING, ["A", "AzureWebJobs.Orders_1.Disabled", "Durable__blobServiceUri"]),
    (_names.CONTAINER, ["abc", "pack-ages", "a" * 63]),
]
BAD = [
    (_names.STORAGE_ACCOUNT, ["", "ab", "a" * 25, "Orders", "orders-1", "orders_1", "orders\n", "ördersx"]),
    (_names.SITE, ["", "a", "a" * 61, "-orders", "orders-", "orders_1", "orders.eu", "orders\n"]),
    (_names.SLOT, ["a", "a" * 60, "production", "Production", "-x", "x-", "a b"]),
    (_names.PLAN, ["", "a" * 41, "plan_1", "plan 1"]),
    (_names.RESOURCE_GROUP, ["", "a" * 91, "ends.", "a/b", "a b", "a#"]),
    (_names.TASK_HUB, ["", "ab", "a" * 46, "1hub", "my-hub", "my_hub", "hub\n"]),
    (_names.HOST_ID, ["", "a" * 33, "-a", "a-", "a--b", "Orders", "a_b"]),
    (_names.APP_SETTING, ["", "a-b", "a:b", "a b", "a=b"]),
    (_names.CONTAINER, ["ab", "a" * 64, "-abc", "abc-", "a--b", "Packages"]),
]


def flat(table: list[tuple[NameRule, list[str]]]) -> list[object]:
    return [pytest.param(rule, name, id=f"{rule.kind}-{name[:12]!r}-{len(name)}") for rule, names in table for name in names]


@pytest.mark.parametrize("rule, name", flat(GOOD))
def test_a_name_within_the_rule_has_no_problem(rule: NameRule, name: str) -> None:
    assert rule.problem(name) is None


@pytest.mark.parametrize("rule, name", flat(BAD))
def test_a_name_that_breaks_the_rule_gets_a_sentence_with_the_name_and_the_rule(rule: NameRule, name: str) -> None:
    assert rule.problem(name) == f"{name!r} ({len(name)} characters) is not a valid {rule.kind} name: {rule.rule}"


@pytest.mark.parametrize(
    "site, hub",
    [
        ("orders", "orders"),
        ("orders-prod-1", "ordersprod1"),
        ("9lives", "t9lives"),
        ("ab", "abHub"),
        ("a-b", "abHub"),
        ("1", "t1Hub"),
        ("---", "DefaultTaskHub"),
        ("a" * 60, "a" * 45),
        ("1" * 60, "t" + "1" * 44),
    ],
)
def test_the_default_hub_is_derived_from_the_site_as_durable_does_it(site: str, hub: str) -> None:
    assert _names.default_hub_name(site) == hub


@given(SITES)
def test_every_default_hub_is_a_valid_hub(site: str) -> None:
    assert _names.TASK_HUB.problem(_names.default_hub_name(site)) is None


def test_a_host_id_is_readable_where_it_fits() -> None:
    assert _names.host_id("Orders", "staging") == "orders-staging"
    assert _names.host_id("orders") == "orders-production"


def test_a_host_id_that_would_be_too_long_is_shortened_with_a_hash() -> None:
    assert re.fullmatch(r"a{23}-[0-9a-f]{8}", _names.host_id("a" * 40, "staging"))


def test_slots_of_a_site_of_32_characters_have_different_host_ids() -> None:
    ids = {_names.host_id("x" * 32, slot) for slot in ("production", "staging", "staging2")}
    assert len(ids) == 3


@pytest.mark.parametrize(
    "one, other",
    [
        pytest.param(("a-b", "c"), ("a", "b-c"), id="a hyphen in the slot"),
        pytest.param(("a--b", "c"), ("a-b", "c"), id="two hyphens in the site"),
        pytest.param(("orders-staging", "production"), ("orders", "staging-production"), id="a slot named like another site's ending"),
        pytest.param(("orders-staging", "production"), ("orders", "staging"), id="a site named like another's slot"),
    ],
)
def test_two_sites_on_one_host_storage_never_share_a_host_id(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert _names.host_id(*one) != _names.host_id(*other)


@given(SITES, SLOTS)
def test_every_host_id_keeps_azures_rule_and_ignores_case(site: str, slot: str) -> None:
    host_id = _names.host_id(site, slot)
    assert _names.HOST_ID.problem(host_id) is None
    assert host_id == _names.host_id(site.upper(), slot.upper())


@given(st.lists(st.tuples(SITES.map(str.lower), SLOTS), min_size=2, max_size=2, unique=True))
def test_different_slots_get_different_host_ids(slots: list[tuple[str, str]]) -> None:
    assert _names.host_id(*slots[0]) != _names.host_id(*slots[1])


def test_a_storage_account_name_is_readable_where_it_fits() -> None:
    assert _names.storage_account_name("Orders-Prod", "blue") == "ordersprodblue"


def test_a_storage_account_name_that_would_be_too_long_keeps_both_parts_and_ends_in_a_hash() -> None:
    assert re.fullmatch(r"averylongpacka[a-z]*blue[0-9a-f]{6}", _names.storage_account_name("a-very-long-package-prefix", "blue"))


@given(st.text(max_size=40), st.text(string.ascii_lowercase + string.digits, max_size=20))
def test_every_storage_account_name_keeps_azures_rule_and_is_repeatable(prefix: str, purpose: str) -> None:
    name = _names.storage_account_name(prefix, purpose)
    assert _names.STORAGE_ACCOUNT.problem(name) is None
    assert name == _names.storage_account_name(prefix, purpose)


@given(st.text("abc-", min_size=20, max_size=40))
def test_long_prefixes_keep_the_accounts_of_two_bundles_apart(prefix: str) -> None:
    assert _names.storage_account_name(prefix, "blue") != _names.storage_account_name(prefix, "green")


def test_a_role_assignment_keeps_its_name() -> None:
    assert _names.role_assignment_name("ordersblue", "orders-identity", "B7E6") == "02bceda5-0bc2-5a72-8a84-5ac53a070c99"


def test_role_assignments_that_differ_in_one_part_have_different_names() -> None:
    base = ("scope", "principal", "role")
    names = {_names.role_assignment_name(*base)} | {_names.role_assignment_name(*base[:i], "x", *base[i + 1 :]) for i in range(3)}
    assert len(names) == 4
    assert _names.role_assignment_name("ab", "c", "d") != _names.role_assignment_name("a", "bc", "d")
    assert all(uuid.UUID(name) for name in names)


def test_host_names_of_slots() -> None:
    assert _names.slot_host_name("Orders") == "orders.azurewebsites.net"
    assert _names.slot_host_name("Orders", "production") == "orders.azurewebsites.net"
    assert _names.slot_host_name("Orders", "staging") == "orders-staging.azurewebsites.net"


@pytest.mark.parametrize("site, slot", [("a" * 41, "staging"), ("orders", "s" * 20)])
def test_a_host_name_that_azure_shortens_is_not_guessed(site: str, slot: str) -> None:
    assert _names.slot_host_name(site, slot) is None


def test_a_function_is_held_off_by_its_own_setting() -> None:
    assert _names.disabled_setting("TakeOrder") == "AzureWebJobs.TakeOrder.Disabled"
    assert _names.disabled_setting_problem("TakeOrder") is None


def test_a_function_with_a_hyphen_cannot_be_held_off_on_linux() -> None:
    problem = _names.disabled_setting_problem("take-order")
    assert (
        problem is not None and problem.startswith("function 'take-order' cannot be held off") and problem.endswith("rename the function")
    )
