#!/usr/bin/env python3
"""Proves that connections never take the files that the log needs.

The service may open little more files than it needs for itself. Clients open more connections than that
leaves room for, idle ones and unfinished requests, and meanwhile commands are decided and recorded. Too
few files are refused at the start.
"""

import http.client
import json
import pathlib
import re
import resource
import socket
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import proof
import service as services
import shop
from proof import check, same

FILES = 1024
TOO_FEW = 400
# More are accepted to be told that there are too many.
TURNED_AWAY = 64


def limited(files):
    return ["prlimit", f"--nofile={files}:{files}"]


class LimitedService(services.Service):
    """A service that may open so many files."""

    def start(self, wait=True):
        self.command = [*limited(FILES), *self.command]
        super().start(wait)

    def open_files(self):
        return len(list(pathlib.Path(f"/proc/{self.process.pid}/fd").iterdir()))


def refused(data):
    result = proof.run([*limited(TOO_FEW), proof.REDRESS, "serve", "--data", data], timeout=30)
    said = result.stderr.decode()
    words = [f"may open {TOO_FEW} files", "are needed", "ulimit -Hn", "LimitNOFILE="]
    check(result.returncode == 3 and all(word in said for word in words),
          f"with {TOO_FEW} files it does not start: {said.strip()}", (result.returncode, said))


def connect(service, data=b""):
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(10)
    connection.connect(str(service.socket))
    try:
        connection.sendall(data)
    except BrokenPipeError:
        pass  # One too many, which was told so before it had said anything.
    return connection


def robin(number):
    return shop.command(
        f"tags-{number}", "SetCustomerTags", {"customerId": "robin", "tags": [f"t{number}"]})


class Work:
    """Commands, one after another."""

    def __init__(self, service):
        self.service = service
        self.count = 0

    def submit(self, sentence, count=20):
        for _ in range(count):
            self.count += 1
            body = json.dumps(robin(self.count))
            proof.wait_until(lambda: self.accepted(body), sentence)
        print(f"ok  {count} commands are recorded {sentence}", flush=True)


    def accepted(self, body):
        """False where the connection made room for another one, or is one too many."""
        try:
            answer = self.service.request(
                "POST", "/v1/commands", body, {"Content-Type": "application/json"})
        except (OSError, http.client.HTTPException):
            return False
        if answer.status not in (200, 503):
            proof.fail(f"a command is answered {answer.status}: {answer.body!r}")
        return answer.status == 200


def figure(service, name):
    """A counter, once there is room for a connection that asks for it."""
    answer = proof.wait_until(lambda: answered(service, "/metrics"), "the counters are read")
    lines = answer.body.decode().splitlines()
    found = [line.rsplit(" ", 1)[1] for line in lines if line.startswith(name + " ")]
    return int(found[0]) if found else 0


def idle(service, work, connections):
    held = [connect(service) for _ in range(connections + 200)]
    work.submit("beside more idle connections than there may be")
    check(figure(service, "redress_http_connections") <= connections,
          f"no more than {connections} are open")
    check(figure(service, "redress_http_connections_evicted_total") > 0, "some made room for others")
    for connection in held:
        connection.close()


def unfinished(service, work, connections):
    """Requests that wait for their bodies keep their places; one too many is told so."""
    head = (b"POST /v1/commands HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Content-Length: 1000\r\n\r\n")
    proof.wait_until(lambda: figure(service, "redress_http_connections") <= 3, "the idle ones are gone")
    held = [connect(service, head) for _ in range(connections - 8)]
    work.submit("beside almost as many unfinished requests as there may be")
    held += [connect(service, head) for _ in range(2 * TURNED_AWAY)]
    check(service.open_files() <= FILES, f"it has {service.open_files()} files open, of {FILES}")
    held[-1].settimeout(10)
    try:
        answer = held[-1].recv(65536).decode()
    except ConnectionResetError:
        answer = ""
    check(not answer or ("503" in answer and "X-Request-Id" in answer and "/problems/busy" in answer),
          "one too many is told so under an id, or closed", answer)
    for connection in held:
        connection.close()
    proof.wait_until(lambda: answered(service, "/healthz"), "there is room again")
    check(figure(service, 'redress_http_refusals_total{status="503"}') > 0, "refusals are counted")


def answered(service, target):
    """The answer; None where a connection is one too many."""
    try:
        answer = service.get(target)
    except (OSError, http.client.HTTPException):
        return None
    return answer if answer.status == 200 else None


def main():
    _, folder = proof.begin(__doc__.splitlines()[0])
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    data = folder / "data"
    services.make(data)
    refused(data)
    service = LimitedService(data)
    said = re.search(r"(\d+) connections and (\d+) feeds at most", service.words())
    check(said, "it says how many connections there may be", service.words())
    connections, feeds = int(said[1]), int(said[2])
    print(f"{FILES} files: {connections} connections, {feeds} feeds, {service.open_files()} open at the start")
    service.accepted(shop.opening() + [shop.command("robin", "RegisterCustomer", {
        "customerId": "robin", "email": "robin@example.com", "firstName": "Robin", "lastName": "Hall"})])
    work = Work(service)
    idle(service, work, connections)
    unfinished(service, work, connections)
    work.submit("when they are gone")
    check("oo many open files" not in service.words(), "and no part ran out of files", service.words())
    recorded = sum(event["type"] == "CustomerTagsChanged" for event in services.events(data))
    same("every command is in the history", recorded, work.count)
    same("the service stops well", service.stop(), 0)


main()
