"""Running items: one by one, side by side or apart from each other, with time limits and retries.

Knows neither batches nor Celery; imports only `tasks.operation` and `tasks.outcomes`.
"""
