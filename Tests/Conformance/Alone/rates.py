#!/usr/bin/env python3
"""Proves that two services with one Redis count the requests of a caller together; that each counts for
itself, and answers as quickly, while that Redis is killed or answers nothing; that they count together
again afterwards, and say both once; and that SIGHUP begins and ends it.
"""

import itertools
import json
import os
import pathlib
import shutil
import signal
import socket
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
import proof
import service as services
import shop
import tokens
from proof import check, same

RATE = 2
# What a caller may save up: ten seconds' worth.
BURST = 10 * RATE
# What it may earn while a slow machine sends so many.
EARNED = 15
PART = "shared rates"
NUMBERS = itertools.count()
KEY = tokens.new_key()
COMMAND = shop.opening()[0]


class Redis:
    """A redis-server on a socket and a port."""

    def __init__(self, folder):
        self.socket = folder / "redis.sock"
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.command = [
            "redis-server", "--port", self.port, "--bind", "127.0.0.1", "--unixsocket", self.socket,
            "--save", "", "--dir", folder, "--logfile", folder / "redis.log"]
        self.start()

    def start(self):
        self.process = proof.start(self.command)
        proof.wait_until(self.is_up, "Redis starts")

    def is_up(self):
        try:
            return self.send_line(b"PING", b"+PONG")
        except OSError:
            return False

    def send_line(self, command, answer):
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
            connection.sendall(command + b"\r\n")
            return connection.recv(100) == answer + b"\r\n"

    def send(self, number):
        self.process.send_signal(number)
        if number == signal.SIGKILL:
            self.process.wait(timeout=30)


def settings(data, redis=None):
    """The user that runs this is a principal like another, so that it has a rate."""
    rates = {"person": RATE, "service": RATE} | ({"redis": redis} if redis else {})
    (data / "jwks.json").write_text(
        json.dumps({"keys": [{"kty": "oct", "k": tokens.encoded(KEY)}]}))
    (data / "redress.json").write_text(json.dumps({
        "rates": rates,
        "tokens": {"issuer": tokens.ISSUER, "audience": "redress", "keys": "jwks.json"},
        "principals": [{"name": "shop", "uid": os.getuid(), "tenants": ["*"], "permissions": ["*"],
                        "actors": ["*"]}]}))


def reload(running, redis=None):
    settings(running.data, redis)
    count = running.words().count("was read again")
    running.process.send_signal(signal.SIGHUP)
    proof.wait_until(lambda: running.words().count("was read again") > count, "the settings are read")


def of_person(name, target="/v1/refunds?tenant=acme", role="agent"):
    """A request of a person with a token."""
    header = {"Authorization": "Bearer " + tokens.token(KEY, name, role, ["*"] if role == "ops" else ["acme"])}
    return lambda running: running.request("GET", target, None, header)


def of_service(running):
    """A command of the principal, which is answered on the thread of all connections otherwise."""
    return running.request(
        "POST", "/v1/commands", json.dumps(COMMAND), {"Content-Type": "application/json"})


def passed(all_running, request, count=80):
    """How many of some requests were answered, in turns at each service; the others get 429."""
    answers = [request(all_running[number % len(all_running)]) for number in range(count)]
    refused = [answer for answer in answers if answer.status == 429]
    for answer in refused:
        if not answer.json()["type"].endswith("too-many-requests") or int(answer.headers["retry-after"]) < 1:
            proof.fail(f"429 is {answer.body!r} with {answer.headers}")
    for answer in answers:
        if answer.status not in (200, 429):
            proof.fail(f"a request is answered {answer.status}: {answer.body!r}")
    return count - len(refused)


def together(all_running, redis, request, sentence):
    """On a busy machine Redis may answer too late now and then, and then each counts for itself for a
    while. Attempts during which that happened show nothing."""
    for _ in range(5):
        recover(all_running)
        check(redis.send_line(b"FLUSHALL", b"+OK"), "Redis forgets all")
        found = passed(all_running, request)
        if not any(failing(running) for running in all_running):
            break
    check(BURST <= found <= BURST + EARNED, f"{sentence}: {found} of 80 at both together", found)


def apart(all_running, request, sentence):
    found = passed(all_running, request)
    check(2 * BURST <= found <= 2 * (BURST + EARNED), f"{sentence}: {found} of 80, each for itself", found)


def said(all_running, words):
    return [running.words().count(f"{PART}: {words}") for running in all_running]


def failing(running):
    """Whether the metrics name the part as one that fails; the request itself may end that."""
    request = of_person(f"ops-{next(NUMBERS)}", "/metrics", "ops")
    return f'redress_part_failing{{part="{PART}"}} 1' in request(running).body.decode()


def recover(all_running):
    """Requests find out that Redis answers again, at the latest after 16 s."""
    for running in all_running:
        proof.wait_until(lambda: not failing(running), "it counts in Redis again", seconds=60,
                         interval=0.1)


def killed(all_running, redis):
    before = said(all_running, "failed; will retry")
    redis.send(signal.SIGKILL)
    apart(all_running, of_person("ann"), "a person while Redis is gone")
    apart(all_running, of_service, "a service while Redis is gone")
    same("the metrics show it", [failing(running) for running in all_running], [True, True])
    same("each says it once", said(all_running, "failed; will retry"), [n + 1 for n in before])
    same("both are ready", [running.get("/readyz").status for running in all_running], [200, 200])
    redis.start()
    recover(all_running)
    same("each says once that it works", said(all_running, "works again"), [n + 1 for n in before])
    together(all_running, redis, of_person("lee"), "a person when it is back")
    together(all_running, redis, of_service, "a service when it is back")


def halted(all_running, redis):
    redis.send(signal.SIGSTOP)
    _, seconds = services.timed(lambda: apart(
        all_running, of_person("sam"), "a person while Redis answers nothing"))
    check(seconds < 8, f"80 requests take {seconds:.1f} s, not a time limit each", seconds)
    redis.send(signal.SIGCONT)
    together(all_running, redis, of_person("max"), "a person when it answers again")


def main():
    _, folder = proof.begin(__doc__)
    if shutil.which("redis-server") is None:
        return proof.skip("redis-server is not installed: tools/setup --test")
    redis = Redis(folder)
    # One by its socket, the other by its port.
    addresses = [f"unix:{redis.socket}", f"127.0.0.1:{redis.port}"]
    all_running = []
    for name in ("one", "two"):
        services.make(folder / name)
        running = services.Service(folder / name)
        running.accepted(shop.opening())
        reload(running)
        all_running.append(running)
    apart(all_running, of_person("joe"), "a person without Redis")
    for running, address in zip(all_running, addresses):
        reload(running, address)
    together(all_running, redis, of_person("kim"), "a person with Redis, from SIGHUP on")
    killed(all_running, redis)
    halted(all_running, redis)
    for running in all_running:
        reload(running)
    apart(all_running, of_person("pat"), "a person when SIGHUP has ended it")
    for running in all_running:
        same("the service stops well", running.stop(), 0)


if __name__ == "__main__":
    main()
