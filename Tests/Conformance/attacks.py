#!/usr/bin/env python3
"""Proves that a user of the machine gets nothing out of a service that no grant gives them, and nothing in.

A user without a grant tries every route, with headers and paths that other servers fell for; a service with a
grant claims actors, tenants and members of an event that are not its own; both send requests that a proxy and
a server may divide differently. Nothing of it is in the history.
"""

import json
import os
import pathlib
import re
import socket
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import proof
import service as services
import shop
import users
from proof import check, same

STRANGER, SHOP, THIEF = 65_530, 65_531, 65_532
FREE = {"/healthz", "/readyz", "/login/{link}", "/v1/webhooks/shopify"}
SETTINGS = {"principals": [{"name": "shop", "uid": SHOP, "tenants": ["acme"], "permissions": ["*"],
                            "actors": ["customer/*"]}]}
# What some servers believe of who asks, for what, and how.
HEADERS = [
    ("Authorization", "Basic cm9vdDo="), ("Authorization", "Bearer null"), ("Cookie", "redress_session="),
    ("X-Forwarded-User", "root"), ("X-Remote-User", "root"), ("X-Peer-Uid", "0"), ("X-Real-IP", "127.0.0.1"),
    ("X-Forwarded-For", "127.0.0.1"), ("Forwarded", "for=127.0.0.1;by=unix"), ("X-Original-URL", "/healthz"),
    ("X-Rewrite-URL", "/healthz"), ("X-HTTP-Method-Override", "GET"), ("Connection", "X-Peer-Uid"),
    ("Host", "localhost:8080"), ("Origin", "http://localhost"), ("Sec-Fetch-Site", "same-origin")]
# Each leads to the feed or to refunds where a path is read twice, or too kindly.
PATHS = [
    "/healthz/../v1/events", "/healthz/%2e%2e/v1/events", "/healthz%2f..%2fv1%2fevents", "/healthz/..%2fv1/events",
    "//v1/events", "/./v1/events", "/v1//events", "/v1/events/", "/V1/EVENTS", "/v1/events;/healthz", "/v1/events%00",
    "/v1/events%20", "/%76%31/events", "/v1/webhooks/shopify/../../events", "/login/x/../../v1/events",
    "/healthz\\..\\v1\\events", "/v1/events?path=/healthz", "/healthz?path=/v1/events", "http://localhost/v1/events",
    "/healthz#/../v1/events", "/v1/refunds?tenant=acme&tenant=zeta", "/v1%2frefunds", "/v1/refunds/..%2fevents"]
HEAD = b"POST /v1/commands HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
HIDDEN = b"GET /v1/refunds HTTP/1.1\r\nHost: localhost\r\n\r\n"


def targets(contract):
    """Every route with something in its places, and whether it needs a grant."""
    for path, methods in contract["paths"].items():
        for method in methods:
            yield method.upper(), re.sub(r"{tenant}", "acme", re.sub(r"{(?!tenant)\w+}", "1", path)), path not in FREE


def a_stranger_gets_nothing(running):
    contract = running.get("/v1/openapi.json").json()
    tried = 0
    for method, target, is_closed in targets(contract):
        answer = users.request_as(STRANGER, running, method, target, b"{}" if method != "GET" else None,
                                  {"Content-Type": "application/json"})
        if is_closed and (answer.status != 403 or str(STRANGER).encode() not in answer.body):
            proof.fail(f"{method} {target} is answered {answer.status}: {answer.body[:300]!r}")
        tried += is_closed
    check(tried > 60, f"a user without a grant is refused at {tried} routes")
    for name, value in HEADERS:
        answer = users.request_as(STRANGER, running, "GET", "/v1/events", headers={name: value})
        check(answer.status in (401, 403), f"{name}: {value} changes nothing: {answer.status}", answer.body)
    for path in PATHS:
        told = [raw(running, uid, f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
                for uid in (STRANGER, SHOP)]
        check(told[0][9:12] in (b"400", b"403", b"404") and b"acme" not in told[0]
              and b"zeta" not in told[1].replace(path.encode(), b""),
              f"{path}: {told[0][9:12].decode()}", told)


def raw(running, uid, text):
    """All that a connection is answered, with `closed` at its end unless the service waits for more."""
    connection = socket.socket(socket.AF_UNIX)
    with users.connected_as(uid):
        connection.connect(str(running.socket))
    connection.settimeout(0.3)
    connection.sendall(text)
    told = b""
    try:
        while piece := connection.recv(65_536):
            told += piece
        told += b"closed"
    except TimeoutError:
        pass
    except ConnectionResetError:
        told += b"closed"
    connection.close()
    return told


def claim(**changed):
    command = shop.command("claimed", "SetCustomerTags", {"customerId": "robin", "tags": ["x"]}) | changed
    return json.dumps({name: value for name, value in command.items() if value is not None})


def claims_are_refused(running):
    """By a service that speaks for customers of one tenant."""
    erase = {"type": "EraseSubject", "data": {"subjectId": "robin", "reason": "x"}}
    claims = [
        (403, claim(actor="agent/ada", **erase)), (403, claim(actor="service/uid-0")),
        (422, claim(actor="system/redress")), (400, claim(actor="customer/*")), (400, claim(actor="agent/ada ")),
        (400, claim(actor="Agent/ada")), (400, claim(actor="")), (400, claim(actor="customer/../agent/ada")),
        (400, claim(actor=["customer/robin"])), (404, claim(tenant="zeta", actor="customer/robin")),
        (422, claim(tenant="_system", actor="customer/robin")),
        (400, claim(actor="customer/robin", principal="uid-0")), (400, claim(actor="customer/robin", peeruid=0)),
        (400, claim(actor="customer/robin", commandid="x")),
        (400, claim(actor="customer/robin")[:-1] + ', "actor": "agent/ada"}'),
        (400, claim(actor="customer/robin")[:-1] + ', "\\u0061ctor": "agent/ada"}')]
    for status, line in claims:
        told = users.request_as(SHOP, running, "POST", "/v1/commands", line, {"Content-Type": "application/json"})
        same(f"refused: {told.json().get('detail', '')[:90]}", told.status, status)
    lines = "".join(line + "\n" for _, line in claims)
    told = users.request_as(
        SHOP, running, "POST", "/v1/commands", lines, {"Content-Type": "application/x-ndjson"})
    outcomes = {outcome["outcome"] for outcome in told.lines()} if told.status == 200 else told.status
    check(outcomes in ({"invalid"}, 400), "and none is accepted among other lines", outcomes)


def smuggling_fails(running):
    """Whatever a proxy passes on as one request is one for the service, or none and the connection's end."""
    body = claim(actor="customer/robin").encode()
    size = b"Content-Length: %d\r\n"
    chunked = b"Transfer-Encoding: chunked\r\n"
    closed = [
        ("a length and chunks", size % len(b"0\r\n\r\n" + HIDDEN) + chunked + b"\r\n0\r\n\r\n" + HIDDEN),
        ("chunks and a length", chunked + size % 4 + b"\r\n5c\r\n" + HIDDEN + b"0\r\n\r\n"),
        ("two lengths", size % 0 + size % len(HIDDEN) + b"\r\n" + HIDDEN),
        ("a list of lengths", b"Content-Length: 0, %d\r\n\r\n" % len(HIDDEN) + HIDDEN),
        ("chunks by another name", b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + HIDDEN),
        ("a space before the colon", b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + HIDDEN),
        ("a folded field", b"X: y\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HIDDEN),
        ("a bare line feed", b"X: y\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HIDDEN),
        ("a size that wraps", chunked + b"\r\n10000000000000000\r\n\r\n0\r\n\r\n" + HIDDEN)]
    for name, rest in closed:
        told = raw(running, SHOP, HEAD + rest)
        check(told.startswith(b"HTTP/1.1 400") and told.count(b"HTTP/1.1 ") == 1 and told.endswith(b"closed"),
              f"{name}: one answer, 400, and the end", told)
    for uid, first in ((STRANGER, b"403"), (SHOP, b"400")):
        told = raw(running, uid, HEAD + size % len(HIDDEN) + b"\r\n" + HIDDEN)
        check(told[9:12] == first and told.count(b"HTTP/1.1 ") == 1,
              f"a request that is the body of one that is refused ({first.decode()}) is not answered", told)
    get = b"GET /v1/events HTTP/1.1\r\nHost: localhost\r\n" + size % len(body + HEAD)
    told = raw(running, STRANGER, get + b"\r\n" + HEAD + body)
    check(told.count(b"HTTP/1.1 ") == 1, "nor is one in the body of a GET", told)


def main():
    _, folder = proof.begin(__doc__.splitlines()[0])
    if users.are_missing():
        return proof.skip("attacks of other users: only root can act as them")
    data = folder / "data"
    services.make(data)
    (data / "redress.json").write_text(json.dumps(SETTINGS))
    running = services.Service(data)
    users.open_to_others(running)
    shop.begin_with_paid_refund(running)
    count = len(services.events(data))
    a_stranger_gets_nothing(running)
    claims_are_refused(running)
    smuggling_fails(running)
    same("nothing of it is in the history", len(services.events(data)), count)
    same("the service stops well", running.stop(), 0)
    return None


main()
