#!/usr/bin/env python3
"""Proves that a wrong request to read is answered with what is wrong and what would be right.

Sent with curl over the socket and to the loopback address, which reads only and only answers to a
loopback name. Every answer is a problem document, and nothing is recorded.
"""

import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import proof
import service as services
import shop
from proof import check, same

# target, status, problem, words of the detail
READS = [
    ("/v1/refunds/none", 404, "not-found", ["acme", "no refund none"]),
    ("/v1/refunds/no%20ne", 400, "bad-request", ["no ne", "1 to 64"]),
    ("/v1/cases/none", 404, "not-found", ["no case none"]),
    ("/v1/orders/none/balance", 404, "not-found", ["no order none"]),
    ("/v1/refunds?tenant=nobody", 404, "not-found", ["nobody", "not registered"]),
    ("/v1/refunds?tenant=a%2Fb", 400, "bad-request", ["tenant", "a/b", "1 to 64"]),
    ("/v1/refunds?limit=0", 400, "bad-request", ["limit", "0", "between 1 and 500"]),
    ("/v1/refunds?limit=501", 400, "bad-request", ["limit", "501", "between 1 and 500"]),
    ("/v1/refunds?limit=ten", 400, "bad-request", ["limit", "ten", "whole number"]),
    ("/v1/refunds?before=-1", 400, "bad-request", ["before", "-1", "whole number"]),
    ("/v1/refunds?minPosition=99999999999999999999", 400, "bad-request", ["minPosition"]),
    ("/v1/refunds?status=done", 400, "bad-request", ["status", "done", "executed", "denied"]),
    ("/v1/events?after=zzz", 400, "bad-request", ["after", "zzz", "token"]),
    ("/v1/events?follow=maybe", 400, "bad-request", ["follow", "maybe", "true"]),
    ("/v1/nothing", 404, "not-found", ["/v1/commands", "/v1/events"]),
    ("/v1/refunds?lmit=1", 400, "bad-request", ["lmit", "status, before, limit"]),
]


def refused(sentence, answer, status, code, words=(), **headers):
    problem = answer.json() if answer.type == "application/problem+json" else {}
    missing = [word for word in words if word not in problem.get("detail", "")]
    wrong = {name: answer.headers.get(name) for name, value in headers.items()
             if answer.headers.get(name) != value}
    check(answer.status == status and problem.get("status") == status
          and problem["type"] == f"/problems/{code}" and not missing and not wrong,
          f"{sentence}: {status} {code}",
          f"{answer.status} {answer.headers} {answer.body[:1000]} (missing: {missing} {wrong})")


def main():
    _, folder = proof.begin(__doc__)
    running = services.Service(folder / "data", pages=True)
    running.accepted(shop.opening())
    running.accepted([shop.order("1"), shop.case("1"), shop.request("1")])
    events = len(services.events(running.data))
    json_body = {"body": b"{}"}
    header = ["-H", "Content-Type: application/json"]

    for target, status, code, words in READS:
        refused(f"GET {target}", services.curl(running, target), status, code, words)
    refused("GET /v1/commands", services.curl(running, "/v1/commands"), 405,
            "method-not-allowed", ["POST"], allow="POST")
    refused("DELETE /v1/refunds/1", services.curl(running, "/v1/refunds/1", "-X", "DELETE"), 405,
            "method-not-allowed", ["DELETE", "GET"], allow="GET, HEAD")
    refused("a head over 16 KiB", services.curl(running, "/v1/refunds", "-H", "X: " + "x" * 17000),
            431, "head-too-large", ["16384"])

    page = services.curl(running, "/tenants/acme/refunds/none", address=running.address)
    same("the page of an unknown refund", (page.status, page.type), (404, "text/html"))
    check(b"<h1>Not Found</h1>" in page.body, "says so")
    browser = ["-H", "Accept: text/html,application/xhtml+xml,*/*;q=0.8"]
    page = services.curl(running, "/v1/refunds/none", *browser, address=running.address)
    same("a browser gets a problem as a page", (page.status, page.type), (404, "text/html"))
    head = services.curl(running, "/v1/events", "--head")
    same("HEAD of the feed has no body", (head.status, head.type, head.body),
         (200, "application/x-ndjson", b""))

    address = running.address
    port = address.rsplit(":", 1)[1]
    same("the loopback address reads",
         services.curl(running, "/v1/refunds", address=address).status, 200)
    for host in (f"localhost:{port}", f"127.0.0.1:{port}", f"[::1]:{port}", "LOCALHOST"):
        answer = services.curl(running, "/v1/refunds", "-H", f"Host: {host}", address=address)
        same(f"and answers to {host.split(':' + port)[0]}", answer.status, 200)
    for host in ("shop.example", "localhost.shop.example", "127.0.0.1.shop.example", "192.168.0.1"):
        answer = services.curl(running, "/v1/refunds", "-H", f"Host: {host}", address=address)
        refused(f"but not to {host}", answer, 421, "wrong-host", [host, "localhost"])
    answer = services.curl(running, "/v1/commands", *header, **json_body, address=address)
    refused("POST to the loopback address", answer, 403, "read-only", ["Unix socket"])
    answer = services.curl(
        running, "/v1/projections/rebuild", "-X", "POST", address=address)
    refused("a rebuild over the loopback address", answer, 403, "read-only", ["GET"])

    same("nothing was recorded", len(services.events(running.data)), events)
    same("the service stops well", running.stop(), 0)


main()
