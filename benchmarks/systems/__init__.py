"""One file for each system, named after it, with a list `SYSTEMS` of what it contributes to the comparison.

They import only their own library and the contract in `benchmarks.system`.
"""
