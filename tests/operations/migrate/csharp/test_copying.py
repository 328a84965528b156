"""What a copy takes along, under which namespace, and what it leaves to the working copy."""

from __future__ import annotations

import pytest

from operations.migrate.languages.csharp import LANGUAGE
from operations.problem import OperationProblem

from .apps import app, broken, freeze, frozen, golden, orchestrator, small

BOM = b"\xef\xbb\xbf"


def copied(files: dict[str, bytes], path: str) -> str:
    after = frozen(files)
    assert broken(after) == []
    return after[f"Versions/V1/{path}"].decode()


def test_a_file_scoped_namespace_stays_one() -> None:
    order = "namespace Shop.Models;\n\npublic record Order(string Id);\n"

    assert copied(small(orders=orchestrator("Shop.Models.Order o;"), order=order), "Order.cs") == order.replace(
        "Shop.Models", "Shop.Versions.V1.Models"
    )


def test_a_namespace_of_its_own_has_its_versions_inside_of_it() -> None:
    order = "namespace Goods;\n\npublic record Order(string Id);\n"
    files = small(orders=orchestrator("Order o;", usings="using Goods;"), order=order)

    assert copied(files, "Order.cs") == "namespace Goods.Versions.V1;\n\npublic record Order(string Id);\n"
    assert "using Goods.Versions.V1;\n" in copied(files, "Orders.cs")


def test_types_without_a_namespace_are_put_into_one_as_they_are() -> None:
    order = "using System;\n\n// An order.\npublic record Order(string Id);"
    files = small(orders=orchestrator("Order o;"), order=order)

    assert copied(files, "Order.cs") == "using System;\n\nnamespace Versions.V1\n{\n\n// An order.\npublic record Order(string Id);\n}\n"
    assert "namespace Shop.Versions.V1\n{\n    using global::Versions.V1;\n\n    public class Orders" in copied(files, "Orders.cs")


def test_namespaces_inside_of_namespaces_are_renamed_once() -> None:
    order = "namespace Shop { namespace Models { public record Order(string Id); } }"
    files = small(orders=orchestrator("Models.Order o;"), order=order)

    assert copied(files, "Order.cs") == "namespace Shop.Versions.V1 { namespace Models { public record Order(string Id); } }"
    assert "Models.Order o;" in copied(files, "Orders.cs")


def test_aliases_name_the_copies() -> None:
    usings = "using One = Shop.Models.Order;\nusing All = Shop.Models;\nusing static Shop.Models.Rules;"
    files = small(
        orders=orchestrator("One o; All.Order p;", usings=usings),
        order="namespace Shop.Models; public record Order(string Id); public static class Rules { }",
    )

    assert usings.replace("Shop.Models", "Shop.Versions.V1.Models") in copied(files, "Orders.cs")


def test_a_namespace_of_which_only_a_part_is_copied_is_used_twice_the_copy_first() -> None:
    files = small(
        orders=orchestrator('Order o; var id = new EntityId(nameof(Counter), "a");', usings="using Goods;"),
        order="namespace Goods; public record Order(string Id);",
        counter='namespace Goods; public class Counter { [FunctionName("Counter")] public static void Run([EntityTrigger] IDurableEntityContext c) { } }',
    )

    text = copied(files, "Orders.cs")
    assert "using Goods;\nnamespace Shop.Versions.V1\n{\n    using global::Goods.Versions.V1;\n\n    public class Orders" in text


def test_a_name_that_is_written_in_full_names_the_copy_if_there_is_one() -> None:
    files = small(
        orders=orchestrator("global::Shop.Models.Order o; System.String s; Shop.Models.Rules.Check(o);"),
        order="namespace Shop.Models; public record Order(string Id);",
        rules="namespace Shop.Models; public static class Rules { public static void Check(Order order) { } }",
    )

    inner = "Shop.Versions.V1.Models"
    assert f"global::{inner}.Order o; System.String s; {inner}.Rules.Check(o);" in copied(files, "Orders.cs")


def test_types_nobody_uses_are_not_copied() -> None:
    files = small(orders=orchestrator("Order o;"), order="namespace Shop; record Order(Line[] Lines);", line="namespace Shop; record Line;")
    files["Unused.cs"] = b"namespace Shop; record Unused(Order Order);"

    assert [path for path in frozen(files) if "Versions" in path] == [
        "Versions/V1/Line.cs",
        "Versions/V1/Order.cs",
        "Versions/V1/Orders.cs",
    ]


def test_all_parts_of_a_partial_type_are_copied() -> None:
    files = small(
        orders=orchestrator("Order o;"),
        order="namespace Shop; partial class Order { }",
        more="namespace Shop; partial class Order { Line L; }",
    )
    files["Line.cs"] = b"namespace Shop; class Line { }"

    assert set(frozen(files)) - set(files) == {f"Versions/V1/{name}.cs" for name in ("Line", "More", "Order", "Orders")}


def test_an_extension_method_brings_its_class() -> None:
    files = small(
        orders=orchestrator("await context.ShipIt(given);"),
        shipping="namespace Shop; static class Shipping { public static Task ShipIt(this IDurableOrchestrationContext c, string o) "
        '=> c.CallActivityAsync("Ship", o); }',
    )

    assert 'c.CallActivityAsync("Ship_v1", o)' in copied(files, "Shipping.cs")


def test_what_is_injected_stays_shared_with_all_that_it_speaks_of() -> None:
    members = "public Orders(ILogger<Basket> log, IStore store) { }"
    files = small(
        orders=orchestrator("Order o; Basket b;", members),
        store="namespace Shop; public interface IStore { void Save(Order order); }",
        order="namespace Shop; public record Order(Line[] Lines);",
        line="namespace Shop; public record Line;",
        basket="namespace Shop; public record Basket;",
    )

    assert set(frozen(files)) - set(files) == {"Versions/V1/Basket.cs", "Versions/V1/Orders.cs"}
    assert freeze(files).notes[1] == (
        "Shared with the working copy, because Azure or the start-up code knows them by their type: Shop.IStore, Shop.Order. "
        "A change to them changes the frozen version too."
    )


def test_the_namespace_around_the_original_is_named_where_the_copy_left_it() -> None:
    files = small(
        orders=orchestrator("", "public Orders(IStore store) { }").replace("namespace Shop", "namespace Shop.Flows"),
        store="namespace Shop.Flows; public interface IStore { }",
        other="namespace Shop; public class Other { }",
    )

    assert "using Shop.Flows;\n\nnamespace Shop.Versions.V1.Flows\n{" in copied(files, "Orders.cs")


def test_what_may_stand_once_in_an_assembly_is_not_copied() -> None:
    head = 'global using Shop.Models;\nusing System;\n[assembly: InternalsVisibleTo("Tests")]\n'
    files = small(orders=head + orchestrator("Order o;"), order="namespace Shop.Models; record Order;")

    before = "using System;\nusing Microsoft.Azure.WebJobs;\n\nnamespace Shop.Versions.V1\n{\n    using global::Shop.Versions.V1.Models;\n"
    assert copied(files, "Orders.cs").startswith(before)


def test_a_cut_at_the_very_start_leaves_the_byte_order_mark() -> None:
    start = b'[assembly: InternalsVisibleTo("Tests")]\n'
    files = {**small(), "Orders.cs": BOM + start + orchestrator("").encode()}

    assert frozen(files)["Versions/V1/Orders.cs"].startswith(BOM + b"using Microsoft.Azure.WebJobs;\n")


def test_functions_that_are_not_frozen_are_cut_out_with_their_comments() -> None:
    client = """
        /// <summary>Starts.</summary>
        [FunctionName("Start")] // over HTTP
        public static Task Start([HttpTrigger] object request, [DurableClient] IDurableClient client) => client.StartNewAsync("Orders");
"""
    changes = freeze(small(orders=orchestrator("", client)), "v1", "Orders", "Ship", "Pay")

    plain = freeze(small(orders=orchestrator(""))).writes["Versions/V1/Orders.cs"]
    assert changes.writes["Versions/V1/Orders.cs"] == plain
    assert changes.notes == ("Orders.cs: its copy is without Start, not part of v1.",)


def test_the_last_member_goes_with_the_blank_line_before_it() -> None:
    tidy = small(orders=orchestrator("").replace("        }\n        \n    }", "        }\n    }"))
    assert freeze(tidy, "v1", "Orders", "Ship").writes["Versions/V1/Orders.cs"].endswith("string order)\n        {\n        }\n    }\n}\n")


def test_a_class_whose_functions_all_stay_is_cut_out_whole() -> None:
    starter = """
class Starter
{
    [FunctionName("Start")]
    public static Task Start([DurableClient] IDurableClient client) => client.StartNewAsync("Orders");
}
"""
    changes = freeze(small(orders=orchestrator("") + starter), "v1", "Orders", "Ship", "Pay")

    assert "Start" not in changes.writes["Versions/V1/Orders.cs"]
    assert changes.notes == ("Orders.cs: its copy is without Start, not part of v1.",)


def test_a_part_of_a_class_of_which_nothing_is_left_is_not_copied() -> None:
    written = freeze(app("isolated"), "v1", "Orders", "OrderItems", "Pay", "Ship", "Pack", "Weigh").writes

    assert [path for path in written if "OrderFlow" in path] == ["Versions/V1/Functions/OrderFlow.cs"]


def test_a_route_that_is_left_to_the_functions_name_is_not_the_same() -> None:
    client = """
        [FunctionName("Start")]
        public static Task Start([HttpTrigger("post", Route = null)] object request, [DurableClient] IDurableClient client) => null;"""

    assert freeze(small(orders=orchestrator("", client))).notes == ()


def test_a_function_that_is_not_frozen_but_called_as_a_method_stays_as_a_method() -> None:
    members = """
        [Obsolete, FunctionName("Log")]
        public static void Log([ActivityTrigger] string text) { }"""
    text = freeze(small(orders=orchestrator("Log(given);", members)), "v1", "Orders").writes["Versions/V1/Orders.cs"]

    assert "        [Obsolete]\n        public static void Log([ActivityTrigger] string text) { }" in text
    assert "Ship" not in text


def test_a_reference_out_of_the_version_is_in_the_report() -> None:
    changes = freeze(small(orders=orchestrator('context.CallActivityAsync("Ship", given);')), "v1", "Orders", "Pay")

    assert changes.notes[-1] == "Orders.cs:10: v1 goes on using the working copy of Ship, which is not part of it."


@pytest.mark.parametrize("name", ["in_process", "isolated", "class_based"])
def test_the_byte_order_mark_and_the_line_ends_of_windows_stay(name: str) -> None:
    windows = {path: BOM + text.replace(b"\n", b"\r\n") if path.endswith(".cs") else text for path, text in app(name).items()}
    after = frozen(windows, "v1.2")

    assert {path: after[path] for path in set(after) - set(windows)} == {
        path: BOM + text.replace(b"\n", b"\r\n") for path, text in golden(name).items()
    }


def test_a_project_in_a_folder_gets_its_versions_there_with_what_it_needs_of_others() -> None:
    files = {
        "src/App/App.csproj": b'<Project Sdk="x"><ItemGroup><ProjectReference Include="..\\Lib\\Lib.csproj" /></ItemGroup></Project>',
        "src/App/Orders.cs": orchestrator("Lib.Order o;").encode(),
        "src/Lib/Lib.csproj": b'<Project Sdk="x" />',
        "src/Lib/Order.cs": b"namespace Lib; public record Order;",
        "tests/Tests.csproj": b'<Project Sdk="x" />',
        "tests/Order.cs": b"namespace Lib; public record Order;",
    }

    assert set(frozen(files)) - set(files) == {"src/App/Versions/V1/Orders.cs", "src/App/Versions/V1/src/Lib/Order.cs"}


def test_a_file_that_is_no_c_sharp_is_a_problem_and_is_not_copied() -> None:
    files = small(orders=orchestrator("var x = = 1;"))

    assert LANGUAGE.index(files).problems == ("Orders.cs:10: can't be read as C#.",)
    with pytest.raises(OperationProblem, match=r"Orders\.cs:10: can't be read as C#, so it can't be copied\."):
        freeze(files)


def test_a_type_called_versions_is_in_the_way() -> None:
    with pytest.raises(OperationProblem, match=r"Versions\.cs: type Versions has the name that the frozen copies' namespace needs"):
        freeze(small(orders=orchestrator(""), versions="namespace Shop; class Versions { }"))


def test_whoever_still_speaks_of_a_pruned_version_is_named() -> None:
    files = {**frozen(small(orders=orchestrator(""))), "Old.cs": b"using Shop.Versions.V1;", "New.cs": b"using Shop.Versions.V10;"}

    assert LANGUAGE.prune(files, LANGUAGE.index(files), "v1").notes == ("Old.cs: speaks of namespace …Versions.V1, which is gone with v1.",)
