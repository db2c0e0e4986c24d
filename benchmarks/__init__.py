"""Where the figures in docs/performance.md and in the README come from; nothing that runs in production.

`python -m benchmarks` compares, `benchmarks.million` runs one very large batch, `benchmarks.annotate` a
real one. Each system to compare with is one file in `systems/`. May import everything, `tests.servers` too.
"""
