"""Rate limits over all web processes: a count per fixed window in Redis."""

from __future__ import annotations

import logging
import time

from redis import Redis, RedisError

from errors import TooManyRequests

logger = logging.getLogger(__name__)

WINDOW_SECONDS = 60


def check_rate(redis: Redis, name: str, limit: int) -> None:
    """Counts one use of `name` and lets pass at most `limit` of them a minute.

    While Redis is away everybody passes: a limit is no reason to stop the service.

    Raises:
        TooManyRequests: The limit is reached; says when the next window begins.
    """
    now = int(time.time())
    key = f"batchwire:rate:{name}:{now // WINDOW_SECONDS}"
    try:
        with redis.pipeline() as pipeline:
            pipeline.incr(key)
            pipeline.expire(key, WINDOW_SECONDS)
            count = int(pipeline.execute()[0])
    except RedisError as error:
        logger.warning("The rate of %s is not limited, Redis is away: %s", name, error)
        return
    if count > limit:
        wait = WINDOW_SECONDS - now % WINDOW_SECONDS
        raise TooManyRequests(f"At most {limit} a minute; try again in {wait} s", wait)
