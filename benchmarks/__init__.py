"""What a component costs against the same resources written out by hand, on the real engine and the embedded Azure; and what it costs to
know whether a task hub is drained, against listing it (`taskhubs`); and what the router's forwarding costs a request (`forwarding`).

`python -m benchmarks` measures; the figures of the last full run are in docs/benchmarks.md and docs/benchmarks.json.
"""
