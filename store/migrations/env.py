"""How Alembic reaches the database: on the connection of `store.migrate`, in one transaction."""

from alembic import context

from store.database import Database
from store.tables import metadata

database: Database = context.config.attributes["database"]

with database.write() as connection:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=database.dialect == "sqlite",
        compare_server_default=False,
    )
    context.run_migrations()
