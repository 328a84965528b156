"""Puts a StatusCheck gate on an environment of Azure Pipelines, or brings it up to date.

Checks are no part of a pipeline's YAML: they belong to the environment, so that who writes the pipeline can't take them away (Microsoft docs
"Define approvals and checks"). This makes one over the REST API. It runs with Python alone:

    export AZURE_DEVOPS_EXT_PAT=…   # or AZURE_DEVOPS_TOKEN, of Microsoft Entra; it has to administer the environment
    python azure_check.py --organization https://dev.azure.com/contoso --project shop --environment orders-production \\
        --function https://orders.azurewebsites.net/api/StatusCheck --variable-group status-check

The variable group holds the function's key as the secret StatusCheckKey. Run again, it changes the check of the same name.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

CRITERION = "eq(root['HasRunning'], false)"
"""In this order: the right side is converted to the type of the left. An answer without HasRunning is null there, which `false` can't be
converted to; the other way round null would become false, and any nonsense would open the gate (Microsoft docs "Expressions")."""

TASK_CHECK = {"id": "fe1de3ee-a436-41b4-bb20-f6eb4cb879a7", "name": "Task Check"}
INVOKE_FUNCTION = {"id": "537fdb7a-a601-4537-aa70-92645a2b5ce4", "name": "AzureFunction", "version": "1.0.12"}
"""The task behind the check "Invoke Azure Function". Ids: microsoft/terraform-provider-azuredevops `common_check.go`,
microsoft/azure-pipelines-tasks `AzureFunctionV1/task.json`. The version is the one that the web interface was seen to write."""

MOST_EVALUATIONS = 10
"""Time-out by interval. More is not compliant, and such checks fail (Microsoft docs "Invoke Azure Function / REST API checks")."""
LONGEST = 43_200
"""Minutes: 30 days."""
API = "7.1-preview.1"


def check_configuration(
    environment: Mapping[str, Any],
    *,
    function: str,
    variable_group: str,
    every: int = 10,
    timeout: int = 100,
    exclude: Sequence[str] = (),
    name: str = "StatusCheck: nothing is running",
) -> dict[str, Any]:
    """The body of the request. `every` and `timeout` in minutes; `environment` has `id` and `name`. Raises ValueError.

    The function is asked every `every` minutes until its answer meets the criterion, and the stage is skipped after `timeout` minutes.
    While other checks of the stage are still open the answer counts for `every` minutes, then the function is asked again.
    """
    if not 1 <= timeout <= LONGEST or not 1 <= every <= timeout:
        raise ValueError(f"every {every}, timeout {timeout}: minutes, from 1 to {LONGEST}, and the time-out is the longer one")
    if timeout > every * MOST_EVALUATIONS:
        least = -(-timeout // MOST_EVALUATIONS)
        raise ValueError(f"a time-out of {timeout} minutes asks for an interval of {least} or more: {MOST_EVALUATIONS} evaluations at most")
    if not function.startswith("https://") or "?" in function:
        raise ValueError(
            f"function {function!r}: the https URL without parameters, such as https://orders.azurewebsites.net/api/StatusCheck"
        )
    inputs = {
        "function": function,
        "key": "$(StatusCheckKey)",
        "method": "POST",
        # The default would send the job's access token to the app, which has no use for it.
        "headers": '{"Content-Type": "application/json"}',
        "queryParameters": urlencode({"exclude": ",".join(exclude)}) if exclude else "",
        "body": "{}",
        "waitForCompletion": "false",  # ApiResponse: the answer decides. Callback would wait for the app to call back.
        "successCriteria": CRITERION,
    }
    return {
        "type": TASK_CHECK,
        "settings": {
            "displayName": name,
            "definitionRef": INVOKE_FUNCTION,
            "inputs": inputs,
            "retryInterval": every,
            "linkedVariableGroup": variable_group,
        },
        "resource": {"type": "environment", "id": str(environment["id"]), "name": environment["name"]},
        "timeout": timeout,
    }


class AzureDevOps:
    """One project's REST interface. Raises RuntimeError for every answer but a good one."""

    def __init__(self, organization: str, project: str, authorization: str) -> None:
        self._base = f"{organization.rstrip('/')}/{quote(project)}/_apis"
        self._headers = {"Authorization": authorization, "Content-Type": "application/json", "Accept": "application/json"}

    def environment(self, name: str) -> dict[str, Any]:
        found = self._request("GET", "/distributedtask/environments", {"name": name})["value"]
        for one in found:
            if one["name"].lower() == name.lower():
                return dict(one)
        raise RuntimeError(f"there is no environment {name!r}; a pipeline's first run makes it, or make it under Pipelines > Environments")

    def put(self, check: Mapping[str, Any]) -> int:
        """Id of the check, which is changed if the environment has one of that name."""
        path = "/pipelines/checks/configurations"
        where = {"resourceType": "environment", "resourceId": check["resource"]["id"], "$expand": "settings"}
        for one in self._request("GET", path, where)["value"]:
            if (one.get("settings") or {}).get("displayName") == check["settings"]["displayName"]:
                return int(self._request("PATCH", f"{path}/{one['id']}", {}, {**check, "id": one["id"]})["id"])
        return int(self._request("POST", path, {}, check)["id"])

    def _request(self, method: str, path: str, query: Mapping[str, str], body: Mapping[str, Any] | None = None) -> Any:
        url = f"{self._base}{path}?{urlencode({**query, 'api-version': API})}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data, self._headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                text = response.read()
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{method} {path}: {error.code} {error.read().decode(errors='replace')[:500]}") from None
        except urllib.error.URLError as error:
            raise RuntimeError(f"{method} {path}: {error.reason}") from None
        try:
            return json.loads(text)
        except ValueError:
            # Who is not signed in gets the page to sign in with, and 203.
            raise RuntimeError(f"{method} {path}: no JSON came back; is the token valid for this organization?") from None


def authorization(environment: Mapping[str, str]) -> str:
    """Raises RuntimeError."""
    if token := environment.get("AZURE_DEVOPS_TOKEN"):
        return f"Bearer {token}"
    if pat := environment.get("AZURE_DEVOPS_EXT_PAT"):
        return f"Basic {base64.b64encode(f':{pat}'.encode()).decode()}"
    raise RuntimeError("set AZURE_DEVOPS_EXT_PAT to a personal access token, or AZURE_DEVOPS_TOKEN to one of Microsoft Entra")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Put a StatusCheck gate on an environment of Azure Pipelines.")
    parser.add_argument("--organization", required=True, help="such as https://dev.azure.com/contoso")
    parser.add_argument("--project", required=True)
    parser.add_argument("--environment", required=True, help="the environment that the deployment job names")
    parser.add_argument("--function", required=True, help="URL of the slot's StatusCheck, without parameters")
    parser.add_argument("--variable-group", required=True, help="holds the function's key as the secret StatusCheckKey")
    parser.add_argument("--every", type=int, default=10, help="minutes between two evaluations (10)")
    parser.add_argument("--timeout", type=int, default=100, help="minutes until the stage is given up (100)")
    parser.add_argument("--exclude", action="append", default=[], metavar="ORCHESTRATOR", help="doesn't count; may be repeated")
    parser.add_argument("--name", default="StatusCheck: nothing is running", help="as which the check is shown and found again")
    given = parser.parse_args(arguments)
    try:
        azure = AzureDevOps(given.organization, given.project, authorization(os.environ))
        check = check_configuration(
            azure.environment(given.environment),
            function=given.function,
            variable_group=given.variable_group,
            every=given.every,
            timeout=given.timeout,
            exclude=given.exclude,
            name=given.name,
        )
        print(f"check {azure.put(check)} is on the environment {given.environment}")
    except (RuntimeError, ValueError) as error:
        print(f"azure_check: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
