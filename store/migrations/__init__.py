"""Alembic migrations, in `versions/`; `make migration name=...` writes a new one."""
