"""The whole story on the embedded Azure: a release that waits for what is running. `make demo`."""
