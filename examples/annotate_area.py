"""Annotates one business area and prints the functions that are described worst.

Run it beside a running system (`make run` in another terminal):

    .venv/bin/python -m examples.annotate_area hr
"""

import sys
import time

import orjson

from store import results, users
from tasks.engine.batches import BatchRequest
from webapp.app import create_app
from webapp.services import Services


def main(area: str, email: str = "demo@batchwire.local") -> None:
    """Starts the batch, waits for its end, and reads its results page by page."""
    services: Services = create_app().extensions["batchwire"]
    database = services.engine.database
    with database.read() as connection:
        user = users.by_email(connection, email)
    if user is None:
        sys.exit(f"There is no user {email}")

    batch = services.batches.create(user.id, BatchRequest(operation="annotate", filters={"areas": [area]}))
    while not batch.is_terminal:
        time.sleep(0.2)
        batch = services.batches.get(batch.id)
    print(f"{batch.status}: {batch.successful} of {batch.total} functions annotated")

    scores = []
    after = -1
    while True:
        with database.read() as connection:
            page = results.page(connection, batch.id, outcome=1, query="", after=after, limit=500)
        if not page:
            break
        scores += [(orjson.loads(row.result)["quality"], row.key) for row in page]
        after = page[-1].position
    for quality, key in sorted(scores)[:5]:
        print(f"{quality:5.1f}  {key}")


if __name__ == "__main__":
    main(*sys.argv[1:3])
