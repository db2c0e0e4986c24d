"""What the README's figures come from; no tests, and nothing that runs in production."""
