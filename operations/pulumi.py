"""The pulumi command line, as far as operations need it. Whose it is, where the state lies and how it is decrypted: the caller's environment."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]  # comes with pulumi, without types

from .problem import UNEXPECTED, USAGE, OperationProblem


class Failed(Exception):
    """pulumi ended with an error; its last lines."""


class Pulumi:
    """One stack of one project. `folder` holds Pulumi.yaml."""

    def __init__(self, folder: Path, stack: str, environment: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.stack = stack
        self._environment = dict(os.environ if environment is None else environment)

    @classmethod
    def scratch(cls, folder: Path, project: str, stack: str) -> Pulumi:
        """A stack of the same name in an empty backend of its own: the copy that is refreshed. The passphrase is forgotten with it."""
        (folder / "state").mkdir()
        (folder / "Pulumi.yaml").write_text(json.dumps({"name": project, "runtime": "python"}))
        own = {"PULUMI_BACKEND_URL": (folder / "state").as_uri(), "PULUMI_CONFIG_PASSPHRASE": secrets.token_hex(32)}
        inherited = {name: value for name, value in os.environ.items() if name != "PULUMI_CONFIG_PASSPHRASE_FILE"}
        made = cls(folder, stack, {**inherited, **own})
        made.run("stack", "init", stack, "--secrets-provider=passphrase", with_stack=False)
        return made

    def secrets_provider(self) -> dict[str, Any]:
        """How the secrets in this scratch stack's state are encrypted, as a state says it. Without it an import that holds any fails."""
        config = (self.folder / f"Pulumi.{self.stack}.yaml").read_text()
        salt = next(line.partition(":")[2].strip() for line in config.splitlines() if line.startswith("encryptionsalt:"))
        return {"type": "passphrase", "state": {"salt": salt}}

    def export(self) -> dict[str, Any]:
        """The state, secrets in clear: they leave this process on no other way than back into a state. Raises Failed."""
        state: dict[str, Any] = json.loads(self.run("stack", "export", "--show-secrets"))
        return state

    def put(self, state: Mapping[str, Any]) -> None:
        """Replaces the state. Pulumi encrypts what is secret in it, and drops every pending operation. Raises Failed."""
        self.run("stack", "import", text=json.dumps(state))

    def backend(self) -> str:
        """The URL of where the state lies; empty if that can't be told."""
        try:
            return str(json.loads(self.run("whoami", "--json", with_stack=False)).get("url", ""))
        except (Failed, ValueError):
            return ""

    def require(self) -> None:
        """Raises OperationProblem if there is no such stack, or it can't be read."""
        try:
            self.export()
        except Failed as error:
            code = USAGE if "no stack named" in str(error) else UNEXPECTED
            raise OperationProblem(f"The state of '{self.stack}' can't be read: {error}", code) from None

    def cancel(self) -> None:
        """Takes away the lock. Backends that know of no update in progress say so; that is what is wanted."""
        try:
            self.run("cancel", "--yes", self.stack, with_stack=False)
        except Failed as error:
            if not any(sign in str(error).lower() for sign in ("no update", "not in progress", "already completed", "404", "409")):
                raise OperationProblem(f"The lock of '{self.stack}' can't be taken away: {error}", UNEXPECTED) from None

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs as of its last update; a secret one is `[secret]`. Raises OperationProblem if they can't be read."""
        try:
            outputs: dict[str, Any] = json.loads(self.run("stack", "output", "--json"))
        except Failed as error:
            code = USAGE if "no stack named" in str(error) else UNEXPECTED
            raise OperationProblem(f"The outputs of stack '{self.stack}' can't be read: {error}", code) from None
        return outputs

    def config(self) -> dict[str, Any]:
        """The stack's configuration, `project:key` -> text or object; a secret has no value here and is left out. Raises OperationProblem."""
        try:
            entries: dict[str, dict[str, Any]] = json.loads(self.run("config", "--json"))
        except Failed as error:
            raise OperationProblem(f"The configuration of stack '{self.stack}' can't be read: {error}", UNEXPECTED) from None
        return {key: entry.get("objectValue", entry["value"]) for key, entry in entries.items() if "value" in entry}

    def project(self) -> dict[str, Any]:
        """What Pulumi.yaml says. Raises OperationProblem if there is none."""
        for name in ("Pulumi.yaml", "Pulumi.yml"):
            if (self.folder / name).is_file():
                return dict(yaml.safe_load((self.folder / name).read_text(encoding="utf-8")) or {})
        raise OperationProblem(f"{self.folder}: holds no Pulumi.yaml. Give the folder that does as --cwd.")

    def config_file(self) -> Path:
        """Where the stack's configuration lies; it need not exist."""
        return self.folder / str(self.project().get("stackConfigDir") or "") / f"Pulumi.{self.stack.rpartition('/')[2]}.yaml"

    def up(self, *flags: str, say: Callable[[str], None] = lambda _: None) -> None:
        """`pulumi up`, without a preview. `say` is told each line as it comes. Raises Failed.

        Interrupted, it lets pulumi end what is under way, so that no lock and no pending operation stays, and then raises KeyboardInterrupt.
        """
        words = self._words("up", "--yes", "--skip-preview", "--suppress-outputs", *flags, with_stack=True)
        lines: list[str] = []
        # A process group of its own: a second SIGINT, which a terminal would send along, makes pulumi give up in the middle.
        with subprocess.Popen(
            words,
            cwd=self.folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        ) as running:
            assert running.stdout is not None
            try:
                for line in running.stdout:
                    lines.append(line.rstrip())
                    say(line.rstrip())
            except KeyboardInterrupt:
                running.send_signal(signal.SIGINT)
                running.stdout.read()
                running.wait()
                raise
        if running.returncode != 0:
            raise Failed("\n".join(line for line in lines if line.strip())[-3000:])

    def refresh(self) -> None:
        """Raises Failed."""
        self.run("refresh", "--yes", "--skip-preview", "--suppress-outputs")

    def run(self, *command: str, text: str = "", with_stack: bool = True) -> str:
        """Standard output of one pulumi command. Raises Failed, or OperationProblem if there is no pulumi."""
        words = self._words(*command, with_stack=with_stack)
        try:
            done = subprocess.run(words, cwd=self.folder, env=self._environment, input=text, capture_output=True, text=True)
        except FileNotFoundError:
            if not self.folder.is_dir():
                raise OperationProblem(f"{self.folder}: there is no such folder. Give the one with Pulumi.yaml as --cwd.") from None
            raise OperationProblem("There is no `pulumi` on PATH. https://www.pulumi.com/docs/install has it.") from None
        if done.returncode != 0:
            raise Failed("\n".join(line for line in (done.stdout + done.stderr).splitlines() if line.strip())[-3000:])
        return done.stdout

    def _words(self, *command: str, with_stack: bool) -> list[str]:
        return ["pulumi", *command, *(["--stack", self.stack] if with_stack else []), "--non-interactive", "--color=never"]
