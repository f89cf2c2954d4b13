"""A reader of the feed of events."""

import threading
import time

import service as services


class Reader(threading.Thread):
    """Follows the feed, and leaves and comes back with its last token after so many events."""

    def __init__(self, running, leaves_after=None, delay=0.0, tenant=None):
        super().__init__(daemon=True)
        self.running, self.leaves_after = running, leaves_after
        self.delay, self.tenant = delay, tenant
        self.items, self.error = [], None
        self.until = None

    def run(self):
        try:
            time.sleep(self.delay)
            while not self.is_done():
                self.follow()
        except Exception as error:  # pylint: disable=broad-except
            if not self.is_done():
                self.error = repr(error)

    def follow(self):
        target = "/v1/events?follow=true"
        if self.tenant:
            target += f"&tenant={self.tenant}"
        if self.items:
            target += f"&after={self.items[-1][0]}"
        connection = services.UnixConnection(self.running.socket, timeout=30)
        connection.request("GET", target)
        answer = connection.getresponse()
        count = 0
        while not self.is_done() and (self.leaves_after is None or count < self.leaves_after):
            line = answer.readline()
            if not line:
                break
            # The event is the log's own line, so it is compared as text.
            token, _, event = line.rstrip(b"\n").partition(b'","event":')
            self.items.append((token.removeprefix(b'{"token":"').decode(), event[:-1]))
            count += 1
        connection.close()

    def is_done(self):
        return self.until is not None and len(self.items) >= self.until
