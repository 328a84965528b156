"""Application routing: a stable URL in front of one function app for each version line, each made when it is first asked for.

The router that does it is an app of its own (`functions/router`). This component makes what it works with, and tells it by a blueprint how a
version app is to look.
"""

import os

import pulumi

from ._args_routing import ApplicationRoutingArgs
from ._problems import ArgumentErrors
from ._routing.building import build
from ._routing.code import read_router_code
from ._routing.rules import problems
from ._routing.wanted import read_routing_arguments
from ._rules import Surroundings
from ._versioned.building import publish

TYPE = "durable-deploy:index:ApplicationRouting"


class ApplicationRouting(pulumi.ComponentResource):
    """A router, and all that it needs to make, patch, drain and remove one function app for each version line of a Durable Functions app.

    Requests carry a version; a line's app is made on its first request; old lines drain and disappear by themselves. Versions are deployed to
    the router (`operations versions deploy`), not by this component: a new version changes nothing here. Destroying it destroys the version
    apps with the group that holds them.

    Raises ArgumentErrors before anything is registered, with everything that is wrong. An update fails, and writes nothing, while the router's
    own settings can't be read.
    """

    router_url: pulumi.Output[str]
    """The one URL of all versions."""
    operators_url: pulumi.Output[str]
    """Where `operations versions` reaches the router: past a gateway, if there is one."""
    router_id: pulumi.Output[str]
    """Resource id of the router's production site; the mark of ownership on every version app."""
    site_name: pulumi.Output[str]
    resource_group_name: pulumi.Output[str]
    slots: pulumi.Output[list[str]]
    """Names of the router's slots, production first."""
    host_names: pulumi.Output[dict[str, str]]
    """Slot -> default host name."""
    versions_group_name: pulumi.Output[str]
    """The resource group of the version apps."""
    packages_url: pulumi.Output[str]
    """The container that packages of versions are deployed from."""
    blueprint_version: pulumi.Output[str]
    """Hash of the blueprint: the tag `durable-deploy-blueprint` of apps that were made from it."""
    identity_principal_id: pulumi.Output[str]
    """The router's identity."""
    hosting: pulumi.Output[str]
    """`slots` or `flex`, by the router's plan."""
    waiting_for_swap: pulumi.Output[str | None]
    """Version of the router's own code that waits in a slot; none if production runs it, and on Flex Consumption."""
    waiting_for_deployment: pulumi.Output[str | None]
    """Flex Consumption: version of the router's own code that `operations versions deploy-router` has to deploy; none if it was."""
    router_package_url: pulumi.Output[str]
    """Where that code lies."""
    host_json: pulumi.Output[str]
    """The host.json that every version's package needs, for `operations package --host-json`."""

    def __init__(self, name: str, args: ApplicationRoutingArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        label = f"ApplicationRouting '{name}'"
        arguments = read_routing_arguments(label, args)
        code, found = read_router_code(arguments)
        found = [*found, *problems(arguments, Surroundings(pulumi.get_stack(), os.environ.get("PULUMI_DEBUG_PROVIDERS", "")))]
        if found:
            raise ArgumentErrors(label, found)
        super().__init__(TYPE, name, {}, opts)
        publish(self, build(self, name, arguments, code))
