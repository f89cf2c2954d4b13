"""What a hostile user of the machine does to a service, until it is ended.

    flood.py SOCKET ADDRESS KIND COUNT

It runs as that user, says a line when everything is open, and then goes on for ever.
"""

import resource
import socket
import sys
import threading
import time

path, address, kind, count = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
resource.setrlimit(resource.RLIMIT_NOFILE, (20_000, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
held = []


def connect(over_socket=True):
    if over_socket:
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(5)
        connection.connect(path)
    else:
        host, _, port = address.removeprefix("http://").partition(":")
        connection = socket.create_connection((host, int(port)), timeout=5)
    held.append(connection)
    return connection


def attempt(action):
    """The service may refuse, cut off or be slow: all of that is the attack."""
    try:
        action()
    except OSError:
        pass


def idle(index):
    connect(over_socket=index % 2 == 0)


def half(index):
    connect(over_socket=index % 2 == 0).sendall(b"GET /readyz HTTP/1.1\r\nHost: loc")


def follower(_):
    connect().sendall(b"GET /v1/events?follow=true HTTP/1.1\r\nHost: localhost\r\n\r\n")


def body(_):
    connection = connect()
    connection.sendall(
        b"GET /v1/refunds HTTP/1.1\r\nHost: localhost\r\nContent-Length: 16000000\r\n\r\n"
    )
    connection.sendall(b" " * 15_000_000)


def commands(_):
    connection = connect()
    connection.sendall(
        b"POST /v1/commands HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\n"
        b"Content-Length: 16000000\r\n\r\n"
    )
    connection.sendall(b" " * 15_000_000)


def reader(_):
    """Asks for a slow page again and again, and reads what comes."""

    def read():
        while True:
            attempt(once)

    def once():
        connection = connect()
        connection.sendall(
            b"GET /tenants/acme/refunds HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        )
        while connection.recv(65_536):
            pass
        connection.close()
        held.remove(connection)

    threading.Thread(target=read, daemon=True).start()


for number in range(count):
    attempt(lambda: globals()[kind](number))
print("open", flush=True)
while True:
    time.sleep(60)
