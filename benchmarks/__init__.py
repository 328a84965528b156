"""What a component costs against the same resources written out by hand, on the real engine and the embedded Azure.

`python -m benchmarks` measures; the figures of the last full run are in docs/benchmarks.md and docs/benchmarks.json.
"""
