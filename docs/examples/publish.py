"""
A mail engine in Python: publishes an open of each of three recipients, one event a job. Needs `pip install bullmq`.
  python3 docs/examples/publish.py REDIS_URL [PREFIX]
"""

import asyncio
import sys
import time

from bullmq import Queue


async def main(redis_url="redis://127.0.0.1:6379/0", prefix="postrider"):
    # One queue for each type of event; the name of a job is the type.
    queue = Queue("events-open", {"connection": redis_url, "prefix": prefix})
    try:
        for recipient_id in ["anna@example.com", "bernd@example.com", "carla@example.com"]:
            event = {
                "type": "open",
                "clientId": 7,
                "created": int(time.time() * 1000),
                "mailingId": 42,
                "recipientId": recipient_id,
            }
            # When this has returned, the event is Postrider's. {"events": [...]} takes up to 1,000 at once.
            await queue.add("open", event)
    finally:
        await queue.close()


asyncio.run(main(*sys.argv[1:]))
