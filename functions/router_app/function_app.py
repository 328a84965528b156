"""The router as it is deployed: `durable_deploy_router`, which `operations package` puts into the package, is functions/router here."""

from durable_deploy_router.function_app import app

__all__ = ["app"]
