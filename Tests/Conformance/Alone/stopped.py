#!/usr/bin/env python3
"""Proves that SIGTERM ends the service with 0 within five seconds, whatever its peers do.

Peers that send half a head or half a body, that send a body byte by byte, that read nothing of a large
answer or follow the feed of events; each kind alone and all together. What was answered before is in
the history after.
"""

import pathlib
import re
import socket
import sys
import threading
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
import proof
import service as services
import shop
from proof import check, same

SECONDS_MAX = 5
EACH = 10
COMMAND = b"POST /v1/commands HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


class Peer:
    """A connection that sends some bytes and then does nothing, or goes on slowly."""

    def __init__(self, running, first, slowly=b"", reads=False):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.connect(str(running.socket))
        self.socket.sendall(first)
        if reads:
            check_some = self.socket.recv(16)
            check(check_some.startswith(b"HTTP/1.1 200"), "a follower gets its feed", check_some)
        if slowly:
            threading.Thread(target=self.drip, args=[slowly], daemon=True).start()

    def drip(self, piece):
        try:
            while True:
                self.socket.sendall(piece)
                time.sleep(0.2)
        except OSError:
            pass


KINDS = {
    "nothing sent": lambda running: Peer(running, b""),
    "half a head": lambda running: Peer(running, b"GET /v1/refunds HTTP/1.1\r\nHo"),
    "a head line by line": lambda running: Peer(
        running, b"GET /healthz HTTP/1.1\r\nHost: x\r\n", slowly=b"X-More: 1\r\n"),
    "half a body": lambda running: Peer(running, COMMAND + b"Content-Length: 1000\r\n\r\n{"),
    "a body byte by byte": lambda running: Peer(
        running, COMMAND + b"Content-Length: 100000\r\n\r\n{", slowly=b" "),
    "a large answer that is not read": lambda running: Peer(
        running, b"GET /v1/events HTTP/1.1\r\nHost: x\r\n\r\n"),
    "a feed that is followed": lambda running: Peer(
        running, b"GET /v1/events?follow=true HTTP/1.1\r\nHost: x\r\n\r\n", reads=True),
    "a feed that is followed and not read": lambda running: Peer(
        running, b"GET /v1/events?follow=true HTTP/1.1\r\nHost: x\r\n\r\n"),
}


def follows(running):
    """Whether every read model has every commit: what peers do is measured, not a backlog."""
    lags = re.findall(r"^redress_projection_lag_commits\S* (\d+)$",
                      running.get("/metrics").body.decode(), re.M)
    return lags and set(lags) == {"0"}


def stops(sentence, running, kinds):
    peers = [kind(running) for kind in kinds for _ in range(EACH)]
    time.sleep(0.5)
    begin = time.monotonic()
    code = running.stop()
    seconds = time.monotonic() - begin
    check(code == 0 and seconds < SECONDS_MAX,
          f"{len(peers)} peers, {sentence}: it ends with {code} in {seconds:.1f} s")
    for peer in peers:
        peer.socket.close()


def main():
    _, folder = proof.begin(__doc__)
    running = services.Service(folder / "data")
    running.accepted(shop.opening())
    # Several megabytes of events, more than a socket's buffers hold.
    answered = 0
    for batch in range(20):
        running.accepted([shop.order(f"{batch}-{number}", lines=20) for number in range(100)])
        answered += 100
    proof.wait_until(lambda: follows(running), "the read models follow", seconds=300)
    for sentence, kind in KINDS.items():
        stops(sentence, running, [kind])
        running.start()
    stops("of every kind", running, KINDS.values())
    orders = [event for event in services.events(running.data)
              if event["type"] == "OrderRecorded" and not event["source"].endswith("/_system")]
    same("every answered order is in the history", len(orders), answered)


if __name__ == "__main__":
    main()
