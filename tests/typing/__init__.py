"""What a type checker accepts and refuses; nothing here runs, `make check` is the test.

Where an error is no longer found, mypy says that its `# type: ignore` is not needed.
"""
