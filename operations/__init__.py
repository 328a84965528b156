"""The command line around `pulumi up`: what infrastructure as code can't express by itself. `python -m operations --help`."""
