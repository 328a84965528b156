"""The pulumi command line, as far as a repair needs it. Whose it is, where the state lies and how it is decrypted: the caller's environment."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..problem import UNEXPECTED, USAGE, OperationProblem


class Failed(Exception):
    """pulumi ended with an error; its last lines."""


class Pulumi:
    """One stack of one project. `folder` holds Pulumi.yaml."""

    def __init__(self, folder: Path, stack: str, environment: Mapping[str, str] | None = None) -> None:
        self._folder = folder
        self._stack = stack
        self._environment = dict(os.environ if environment is None else environment)

    @classmethod
    def scratch(cls, folder: Path, project: str, stack: str) -> Pulumi:
        """A stack of the same name in an empty backend of its own: the copy that is refreshed. The passphrase is forgotten with it."""
        (folder / "state").mkdir()
        (folder / "Pulumi.yaml").write_text(json.dumps({"name": project, "runtime": "python"}))
        own = {"PULUMI_BACKEND_URL": (folder / "state").as_uri(), "PULUMI_CONFIG_PASSPHRASE": secrets.token_hex(32)}
        inherited = {name: value for name, value in os.environ.items() if name != "PULUMI_CONFIG_PASSPHRASE_FILE"}
        made = cls(folder, stack, {**inherited, **own})
        made._run("stack", "init", stack, "--secrets-provider=passphrase", with_stack=False)
        return made

    def secrets_provider(self) -> dict[str, Any]:
        """How the secrets in this scratch stack's state are encrypted, as a state says it. Without it an import that holds any fails."""
        config = (self._folder / f"Pulumi.{self._stack}.yaml").read_text()
        salt = next(line.partition(":")[2].strip() for line in config.splitlines() if line.startswith("encryptionsalt:"))
        return {"type": "passphrase", "state": {"salt": salt}}

    def export(self) -> dict[str, Any]:
        """The state, secrets in clear: they leave this process on no other way than back into a state. Raises Failed."""
        state: dict[str, Any] = json.loads(self._run("stack", "export", "--show-secrets"))
        return state

    def put(self, state: Mapping[str, Any]) -> None:
        """Replaces the state. Pulumi encrypts what is secret in it, and drops every pending operation. Raises Failed."""
        self._run("stack", "import", text=json.dumps(state))

    def backend(self) -> str:
        """The URL of where the state lies; empty if that can't be told."""
        try:
            return str(json.loads(self._run("whoami", "--json", with_stack=False)).get("url", ""))
        except (Failed, ValueError):
            return ""

    def require(self) -> None:
        """Raises OperationProblem if there is no such stack, or it can't be read."""
        try:
            self.export()
        except Failed as error:
            code = USAGE if "no stack named" in str(error) else UNEXPECTED
            raise OperationProblem(f"The state of '{self._stack}' can't be read: {error}", code) from None

    def cancel(self) -> None:
        """Takes away the lock. Backends that know of no update in progress say so; that is what is wanted."""
        try:
            self._run("cancel", "--yes", self._stack, with_stack=False)
        except Failed as error:
            if not any(sign in str(error).lower() for sign in ("no update", "not in progress", "already completed", "404", "409")):
                raise OperationProblem(f"The lock of '{self._stack}' can't be taken away: {error}", UNEXPECTED) from None

    def refresh(self) -> None:
        """Raises Failed."""
        self._run("refresh", "--yes", "--skip-preview", "--suppress-outputs")

    def _run(self, *command: str, text: str = "", with_stack: bool = True) -> str:
        words = ["pulumi", *command, *(["--stack", self._stack] if with_stack else []), "--non-interactive", "--color=never"]
        try:
            done = subprocess.run(words, cwd=self._folder, env=self._environment, input=text, capture_output=True, text=True)
        except FileNotFoundError:
            if not self._folder.is_dir():
                raise OperationProblem(f"{self._folder}: there is no such folder. Give the one with Pulumi.yaml as --cwd.") from None
            raise OperationProblem("There is no `pulumi` on PATH. https://www.pulumi.com/docs/install has it.") from None
        if done.returncode != 0:
            raise Failed("\n".join(line for line in (done.stdout + done.stderr).splitlines() if line.strip())[-3000:])
        return done.stdout
