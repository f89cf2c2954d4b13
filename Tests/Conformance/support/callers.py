"""Callers of a service on connections of their own: those that behave, and those that do not.

All run in one event loop. A ledger keeps what each command was answered.
"""

import asyncio
import json
import socket
import time

import shop

TENANTS = ["acme", "bolt", "cargo", "zeta"]
CUSTOMERS = 100


class Ledger:
    """What was sent, and what was answered."""

    def __init__(self):
        # id -> outcome line.
        self.told = {}
        # Sent as a whole; the answer was not read.
        self.untold = set()
        # The end of the body was never sent.
        self.partial = set()
        # Seconds that a command of a caller that behaves took.
        self.latencies = []
        # What each kind of misbehaviour came to, by kind.
        self.misdeeds = {}


async def connect(path):
    """A Unix socket; it waits where many connect at once."""
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(30)
    connection.connect(str(path))
    return await asyncio.open_unix_connection(sock=connection)


def request(body):
    """The head and the body of a request with one command."""
    head = ("POST /v1/commands HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson"
            f"\r\nContent-Length: {len(body)}\r\n\r\n")
    return head.encode(), body


async def answer(reader):
    """Status and body of the next answer."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    status, *fields = head.split("\r\n")
    length = next(int(line.split(":")[1]) for line in fields
                  if line.lower().startswith("content-length:"))
    return int(status.split()[1]), await reader.readexactly(length)


class Caller:
    """One connection after another, until the time is over."""

    def __init__(self, path, name, random, ledger, end):
        self.path, self.name, self.random, self.ledger = path, name, random, ledger
        self.end = end
        self.sent = 0

    def command(self):
        """Its id and its line; one in ten is refused by a rule."""
        self.sent += 1
        name = f"{self.name}-{self.sent}"
        tenant = self.random.choice(TENANTS)
        if self.random.random() < 0.1:
            command = shop.command(name, "RemoveAgent", {"agentId": f"no-{name}"}, tenant)
        else:
            customer = f"c{self.random.randrange(CUSTOMERS)}"
            command = shop.command(
                name, "SetCustomerTags", {"customerId": customer, "tags": [name]}, tenant)
        return name, json.dumps(command).encode() + b"\n"

    async def told(self, name, reader):
        """Reads the answer to a command and keeps it."""
        status, body = await answer(reader)
        outcome = json.loads(body)
        if status != 200 or outcome["id"] != name or name in self.ledger.told:
            raise ValueError(f"{name} was answered {status}: {body!r}")
        self.ledger.told[name] = outcome


class GoodCaller(Caller):
    """Keeps its connection and sends a command every `pause` seconds."""

    async def run(self, pause):
        reader, writer = await connect(self.path)
        await asyncio.sleep(self.random.uniform(0, pause))
        while time.monotonic() < self.end:
            name, body = self.command()
            begin = time.monotonic()
            writer.writelines(request(body))
            await self.told(name, reader)
            self.ledger.latencies.append(time.monotonic() - begin)
            await asyncio.sleep(max(0, begin + pause - time.monotonic()))
        writer.close()


class BadCaller(Caller):
    """Opens a connection, does one of `KINDS`, and opens the next."""

    async def run(self, pause):
        while time.monotonic() < self.end:
            kind = self.random.choice(list(self.KINDS))
            reader, writer = await connect(self.path)
            try:
                await self.KINDS[kind](self, reader, writer)
            except (ConnectionError, asyncio.IncompleteReadError):
                pass
            finally:
                writer.close()
            self.ledger.misdeeds[kind] = self.ledger.misdeeds.get(kind, 0) + 1
            await asyncio.sleep(self.random.uniform(0, pause / 4))

    async def half_a_head(self, _, writer):
        head, _ = request(b"{}")
        writer.write(head[:self.random.randrange(1, len(head) - 2)])
        await writer.drain()

    async def half_a_body(self, _, writer):
        name, body = self.command()
        self.ledger.partial.add(name)
        head, _ = request(body)
        writer.write(head + body[:self.random.randrange(len(body))])
        await writer.drain()

    async def answer_not_read(self, _, writer):
        name, body = self.command()
        self.ledger.untold.add(name)
        writer.writelines(request(body))
        await writer.drain()
        await asyncio.sleep(self.random.choice([0, 0, 0.001, 0.01]))

    async def slow(self, reader, writer):
        """A few bytes at a time; what is complete in the end is a command like others."""
        name, body = self.command()
        self.ledger.untold.add(name)
        text = b"".join(request(body))
        for start in range(0, len(text), 40):
            writer.write(text[start:start + 40])
            await writer.drain()
            await asyncio.sleep(0.1)
        await self.told(name, reader)
        self.ledger.untold.discard(name)

    async def garbage(self, reader, writer):
        writer.write(self.random.randbytes(self.random.randrange(1, 4_000)) + b"\r\n\r\n")
        await self.refused(400, reader)

    async def huge_head(self, reader, writer):
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Filling: " + b"x" * 100_000)
        await self.refused(431, reader)

    async def refused(self, expected, reader):
        """The service may have closed before the answer was read."""
        status, body = await answer(reader)
        if status != expected:
            raise ValueError(f"{self.name} expects {expected} and gets {status}: {body!r}")

    KINDS = {
        "half a head": half_a_head, "half a body": half_a_body,
        "answer not read": answer_not_read, "slow": slow, "garbage": garbage,
        "huge head": huge_head,
    }
