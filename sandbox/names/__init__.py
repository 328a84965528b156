"""Names of apps and gateways in the processes of the sandbox: `host_names` for those that it starts itself, `sitecustomize` for commands inside."""
