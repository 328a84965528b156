"""Which function an expression names, and how the copy names its own."""

from __future__ import annotations

import pytest

from operations.migrate.languages.csharp import LANGUAGE

from .apps import broken, freeze, frozen, orchestrator, small

KNOWN = {
    'context.CallActivityAsync("Ship", given);': 'context.CallActivityAsync("Ship_v1", given);',
    'context.CallActivityAsync<int>(@"Ship", given);': 'context.CallActivityAsync<int>(@"Ship_v1", given);',
    'context.CallActivityAsync("""Ship""", given);': 'context.CallActivityAsync("""Ship_v1""", given);',
    'context.CallActivityAsync("\\u0053hip", given);': 'context.CallActivityAsync("\\u0053hip_v1", given);',
    'context.CallActivityAsync("SHIP", given);': 'context.CallActivityAsync("SHIP_v1", given);',
    "context.CallActivityAsync(nameof(Ship), given);": 'context.CallActivityAsync(nameof(Ship) + "_v1", given);',
    "context.CallActivityAsync(nameof(Shop.Orders.Ship), given);": 'context.CallActivityAsync(nameof(Shop.Versions.V1.Orders.Ship) + "_v1", given);',
    "context.CallActivityAsync(Constant, given);": 'context.CallActivityAsync(Constant + "_v1", given);',
    "context.CallActivityAsync(Orders.ReadOnly, given);": 'context.CallActivityAsync(Orders.ReadOnly + "_v1", given);',
    "context.CallActivityAsync(Property, given);": 'context.CallActivityAsync(Property + "_v1", given);',
    'context.CallActivityAsync($"{Part}ip", given);': 'context.CallActivityAsync($"{Part}ip_v1", given);',
    'context.CallActivityAsync(Part + "ip", given);': 'context.CallActivityAsync(Part + "ip_v1", given);',
    "context.CallActivityAsync(Part + Rest, given);": 'context.CallActivityAsync(Part + Rest + "_v1", given);',
    'context.CallActivityAsync(("Ship"), given);': 'context.CallActivityAsync(("Ship_v1"), given);',
    'context.CallActivityAsync((TaskName)"Ship", given);': 'context.CallActivityAsync((TaskName)"Ship_v1", given);',
    "context.CallActivityAsync((TaskName)Constant, given);": 'context.CallActivityAsync((TaskName)(Constant + "_v1"), given);',
    "context.CallActivityAsync(Constant!, given);": 'context.CallActivityAsync((Constant + "_v1")!, given);',
    'context.CallActivityAsync(input: "Pay", name: "Ship");': 'context.CallActivityAsync(input: "Pay", name: "Ship_v1");',
    'context.CallActivityWithRetryAsync("Ship", retry, given);': 'context.CallActivityWithRetryAsync("Ship_v1", retry, given);',
    'context.CallSubOrchestratorAsync("Orders", given);': 'context.CallSubOrchestratorAsync("Orders_v1", given);',
    'context.CallSubOrchestratorWithRetryAsync("Orders", retry, "Ship");': 'context.CallSubOrchestratorWithRetryAsync("Orders_v1", retry, "Ship");',
    'client?.StartNewAsync("Orders", "Pay");': 'client?.StartNewAsync("Orders_v1", "Pay");',
    'client.ScheduleNewOrchestrationInstanceAsync("Orders");': 'client.ScheduleNewOrchestrationInstanceAsync("Orders_v1");',
    'entity.StartNewOrchestration("Orders", given);': 'entity.StartNewOrchestration("Orders_v1", given);',
    'new TaskName("Ship");': 'new TaskName("Ship_v1");',
    'TaskName ship = "Ship"; context.CallActivityAsync(ship);': 'TaskName ship = "Ship_v1"; context.CallActivityAsync(ship);',
    'TaskName ship = new("Ship"); context.CallActivityAsync(ship);': 'TaskName ship = new("Ship_v1"); context.CallActivityAsync(ship);',
    'var ship = "Ship"; context.CallActivityAsync(ship);': 'var ship = "Ship"; context.CallActivityAsync(ship + "_v1");',
    "context.CallShipAsync(given);": "context.CallShip_v1Async(given);",
    "client.ScheduleNewOrdersInstanceAsync(given);": "client.ScheduleNewOrders_v1InstanceAsync(given);",
}
MEMBERS = """
        private const string Constant = "Ship";
        public static readonly string ReadOnly = nameof(Ship);
        private static string Property => "Ship";
        private const string Part = "Sh";
        private const string Rest = "ip";"""

DYNAMIC = (
    "context.CallActivityAsync(given, 1);",
    'context.CallActivityAsync($"{given}Ship", 1);',
    "context.CallActivityAsync(names[0], 1);",
    'var ship = "Ship"; ship = given; context.CallActivityAsync(ship, 1);',
    'string ship = "Ship"; Change(ref ship); context.CallActivityAsync(ship, 1);',
    "names.Select(name => context.CallActivityAsync(name, 1));",
    "foreach (var name in names) { context.CallActivityAsync(name, 1); }",
    "Func<string, object, Task> call = context.CallActivityAsync;",
)

UNTOUCHED = (
    '// context.CallActivityAsync("Ship", given)',
    'log.LogInformation("Ship");',
    'var text = "Ship_v1 Ship ShipOrder";',
    'context.SetCustomStatus("Ship");',
    'context.CallActivityAsync("ShipOrder", given);',
    'context.CallActivityAsync("Ship_v2", given);',
    'context.CallActivityAsync("Shi", given);',
    "context.CallShipmentAsync(given);",
    'if (given == "Ship") { }',
)


@pytest.mark.parametrize("written", KNOWN)
def test_a_name_that_can_be_told_gets_the_version(written: str) -> None:
    files = small(orders=orchestrator(written, MEMBERS))
    changes = freeze(files)

    assert changes.writes["Versions/V1/Orders.cs"] == (
        orchestrator(KNOWN[written], MEMBERS)
        .replace("namespace Shop", "namespace Shop.Versions.V1")
        .replace('FunctionName("Orders")', 'FunctionName("Orders_v1")')
        .replace('FunctionName("Ship")', 'FunctionName("Ship_v1")')
        .replace('FunctionName("Pay")', 'FunctionName("Pay_v1")')
    )
    assert changes.unresolved == ()
    assert broken(frozen(files)) == []


@pytest.mark.parametrize("written", DYNAMIC)
def test_a_name_that_only_running_tells_is_reported_and_left(written: str) -> None:
    changes = freeze(small(orders=orchestrator(written)))

    assert [(one.to, one.file, one.line) for one in changes.unresolved] == [(None, "Orders.cs", 10)]
    assert written in changes.writes["Versions/V1/Orders.cs"]


@pytest.mark.parametrize("written", UNTOUCHED)
def test_what_names_no_function_of_the_version_stays(written: str) -> None:
    changes = freeze(small(orders=orchestrator(written)))

    assert written in changes.writes["Versions/V1/Orders.cs"]
    assert changes.unresolved == ()


def test_an_entity_is_addressed_by_its_own_name_unless_it_is_frozen_too() -> None:
    entity = """
        [FunctionName("Counter")]
        public static void Counter([EntityTrigger] IDurableEntityContext context) { }"""
    files = small(orders=orchestrator('var one = new EntityId("Counter", given); EntityInstanceId two = new("Counter", given);', entity))

    assert 'new EntityId("Counter", given); EntityInstanceId two = new("Counter", given);' in freeze(files).writes["Versions/V1/Orders.cs"]
    assert (
        'new EntityId("Counter_v1", given); EntityInstanceId two = new("Counter_v1", given);'
        in freeze(files, entities=True).writes["Versions/V1/Orders.cs"]
    )


def test_a_constant_that_is_also_something_else_keeps_its_value() -> None:
    names = 'namespace Shop { static class Names { public const string Ship = "Ship"; public const string Queue = Ship; } }'
    changes = freeze(small(orders=orchestrator("context.CallActivityAsync(Names.Ship, given);"), names=names))

    assert 'CallActivityAsync(Names.Ship + "_v1", given)' in changes.writes["Versions/V1/Orders.cs"]
    assert changes.writes["Versions/V1/Names.cs"] == names.replace("namespace Shop", "namespace Shop.Versions.V1")


def test_constants_come_from_base_classes_and_static_usings_too() -> None:
    files = small(
        orders=orchestrator("context.CallActivityAsync(Far, context.CallActivityAsync(Near));", usings="using static Shop.Names;").replace(
            "class Orders", "class Orders : Named"
        ),
        names='namespace Shop { static class Names { public const string Far = "Ship"; } class Named { protected const string Near = "Pay"; } }',
    )

    assert [(one.text, one.to) for one in LANGUAGE.index(files).references] == [("Far", "Ship"), ("Near", "Pay")]


def test_a_reference_is_to_the_name_as_it_is_declared() -> None:
    assert [one.to for one in LANGUAGE.index(small(orders=orchestrator('context.CallActivityAsync("SHIP");'))).references] == ["Ship"]


def test_a_frozen_copy_has_its_own_constants_when_the_working_copys_change() -> None:
    def names(value: str) -> bytes:
        return f'namespace Shop {{ static class Names {{ public const string Next = "{value}"; }} }}'.encode()

    files = small(orders=orchestrator("context.CallActivityAsync(Names.Next);"))
    after = {**frozen({**files, "Names.cs": names("Ship")}), "Names.cs": names("Pay")}

    assert [(one.version, one.to) for one in LANGUAGE.index(after).references] == [(None, "Pay"), ("v1", "Ship_v1")]


def test_a_method_of_the_app_that_is_called_like_a_generated_one_is_left() -> None:
    own = "Task CallShipAsync(string order) => Task.CompletedTask;"
    changes = freeze(small(orders=orchestrator("await this.CallShipAsync(given);", own)))

    assert "await this.CallShipAsync(given);" in changes.writes["Versions/V1/Orders.cs"]


def test_a_function_whose_name_cannot_be_told_is_a_problem_and_in_no_copy() -> None:
    bad = """
        [FunctionName(Elsewhere.Name)]
        public static void Bad([ActivityTrigger] string order) { }"""
    files = small(orders=orchestrator("", bad))

    assert LANGUAGE.index(files).problems == (
        "Orders.cs:23: the name of this function, FunctionName(Elsewhere.Name), can't be told without running the code.",
    )
    assert "Bad" not in freeze(files).writes["Versions/V1/Orders.cs"]
