"""What the Pulumi engine makes of a package's archive: asked of the real engine, since the order of entries is its own rule."""

import zipfile
from pathlib import Path

import pulumi
from pulumi import automation as auto

from components._code.package import archive, read_package

FILES = {
    "host.json": '{"version": "2.0"}',
    "function_app.py": "import azure.functions as func\napp = func.FunctionApp()\n@app.route(route='x')\ndef f(req): ...\n",
    "orders/rules.py": "LIMIT = 1\n",
}


def engine_hashes(engine: Path, tmp_path: Path, archives: dict[str, pulumi.Archive]) -> dict[str, str]:
    """The engine's own hash of each archive's content, from a stack that exports them."""

    def program() -> None:
        for name, value in archives.items():
            pulumi.export(name, value)

    home, backend = tmp_path / "home", tmp_path / "backend"
    backend.mkdir()
    options = auto.LocalWorkspaceOptions(
        pulumi_home=str(home),
        pulumi_command=auto.PulumiCommand(root=str(engine.parent)),
        env_vars={"PULUMI_BACKEND_URL": f"file://{backend}", "PULUMI_CONFIG_PASSPHRASE": "test", "PULUMI_SKIP_UPDATE_CHECK": "true"},
    )
    stack = auto.create_or_select_stack("test-archives", "archives", program, opts=options)
    stack.up()
    (root,) = (one for one in stack.export_stack().deployment["resources"] if one["type"] == "pulumi:pulumi:Stack")
    return {name: output["hash"] for name, output in root["outputs"].items()}


def test_the_rendered_host_json_wins_over_the_one_in_a_directory_and_in_a_zip(engine: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "app.zip", "w") as target:
        for name, text in FILES.items():
            target.writestr(name, text)
            (tmp_path / "app" / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "app" / name).write_text(text)
    texts = {name: pulumi.StringAsset(text) for name, text in FILES.items() if name != "host.json"}
    rendered = pulumi.StringAsset("rendered")
    # The engine hashes entries in their order; laid over a zip, host.json comes first. So each form has its own expectation.
    hashes = engine_hashes(
        engine,
        tmp_path,
        {
            "directory": archive(read_package(str(tmp_path / "app")), "rendered"),
            "directory expected": pulumi.AssetArchive({**texts, "host.json": rendered}),
            "zip": archive(read_package(str(tmp_path / "app.zip")), "rendered"),
            "zip expected": pulumi.AssetArchive({"": pulumi.AssetArchive({"host.json": rendered}), ".": pulumi.AssetArchive(texts)}),
            "naive": pulumi.AssetArchive({".": pulumi.FileArchive(str(tmp_path / "app")), "host.json": rendered}),
            "bare": pulumi.FileArchive(str(tmp_path / "app")),
        },
    )
    assert hashes["directory"] == hashes["directory expected"]
    assert hashes["zip"] == hashes["zip expected"]
    assert hashes["naive"] == hashes["bare"] != hashes["directory"], "the engine's rule has changed: the overlay may be written plainly"
