#!/usr/bin/env python3
"""Proves that a wrong command is answered with what is wrong and what would be right.

Each is sent with curl over the socket. The answer is a problem document whose detail names the field,
the value, the rule and the remedy; nothing is recorded but refusals by a rule. In NDJSON a bad line
keeps no other line from being decided, and every line has its outcome, in order.
"""

import json
import pathlib
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import proof
import service as services
import shop
from proof import check, same
from shop import command

MIB = 1 << 20


def commits(running):
    return int(re.search(r"^redress_log_commits (\d+)$", running.get("/metrics").body.decode(),
                         re.M).group(1))


def send(running, body, media_type="application/json"):
    if isinstance(body, dict):
        body = json.dumps(body).encode()
    header = [] if media_type is None else ["-H", f"Content-Type: {media_type}"]
    return services.curl(running, "/v1/commands", *header, body=body)


def refused(running, sentence, body, status, code, *words, recorded=0, **sending):
    """One wrong command: its status, its problem, words of the detail, and what it leaves behind."""
    before = commits(running)
    answer = send(running, body, **sending)
    found = f"{answer.status} {answer.type} {answer.body.decode(errors='replace')[:1500]}"
    problem = answer.json() if answer.type == "application/problem+json" else {}
    missing = [word for word in words if word not in problem.get("detail", "")]
    check(answer.status == status and problem.get("status") == status
          and problem["type"] == f"/problems/{code}" and problem["title"]
          and not missing and commits(running) - before == recorded,
          f"{sentence}: {status} {code}", f"{found} (missing: {missing})")
    return problem


def malformed(running):
    def bad(sentence, body, *words):
        refused(running, sentence, body, 400, "malformed-command", *words)

    def text(data, name="wrong", kind="DenyRefund"):
        return (f'{{"id":"{name}","tenant":"acme","type":"{kind}","actor":"agent/ann",'.encode()
                + b'"data":' + data + b"}")

    bad("JSON that ends early", b'{"id":"a"', "byte 9", "the end of the text", "expected")
    bad("an empty body", b"", "expected an object")
    bad("a list of commands", b"[]", "$", "expected an object")
    bad("an unknown type", text(b"{}", kind="ApproveRefnd"), "$.type", "ApproveRefnd",
        "did you mean ApproveRefund")
    bad("an amount in RequestRefund", shop.request("2", amount=100), "$.data.amount",
        "unknown field", "refundId, caseId, orderId")
    bad("a field twice", text(b'{"refundId":"1","refundId":"2","reason":"no"}'),
        "$.data.refundId", "twice")
    bad("an id twice", b'{"id":"a","id":"b","tenant":"acme"}', "$.id", "twice")
    bad("an explicit null", text(b'{"refundId":"1","reason":null}'), "$.data.reason", "null",
        "leave the field out")
    bad("invalid UTF-8", text(b'{"refundId":"1","reason":"\xff"}'), "$.data.reason", "UTF-8")
    bad("a missing field", text(b'{"refundId":"1"}'), "$.data.reason", "missing")
    bad("a number for a text", text(b'{"refundId":1,"reason":"no"}'), "$.data.refundId",
        "expected")
    bad("an id with a space", text(b'{"refundId":"1","reason":"no"}', name="a b"), "$.id", "a b")
    bad("half a unit", shop.request("2", quantity=1.5), "$.data.items[0].quantity", "1.5")
    bad("an unknown time zone's order", command("wrong", "RecordOrder", {
        **shop.order("2")["data"], "placedAt": "yesterday"}), "$.data.placedAt", "yesterday")
    refused(running, "an actor that is Redress itself", {**shop.approve("1"), "actor": "system/x"}, 422,
            "invalid-command", "$.actor", "system/x", "reserved")


def too_large(running):
    refused(running, "a body over 16 MiB", b" " * (17 * MIB), 413, "request-too-large", "16777216")
    refused(running, "a command over 1 MiB", shop.order("2", title="x" * MIB), 413,
            "command-too-large", "1048576", "Send less")
    # Each fits as a command, but its event also says what the command left out.
    order = shop.order("2", lines=2000)
    room, lines = MIB - len(compact(order)), order["data"]["lines"]
    for line in lines:
        line["title"] += "x" * (room // len(lines))
    check(MIB - len(lines) < len(compact(order)) <= MIB, "an order's command fits into 1 MiB")
    refused(running, "  whose event is larger", compact(order), 422, "invalid-command", "$.data",
            "OrderRecorded", "1048576", "send less")
    lines = 6000
    running.accepted([shop.order("large", lines=lines), shop.case("large")])
    refund = shop.request("large")
    refund["data"]["items"] = [{"lineId": str(line + 1), "quantity": 1} for line in range(lines)]
    refused(running, "a refund whose derivation is over 1 MiB", compact(refund), 422,
            "invalid-command", "$.data", "RefundRequested", "1048576", "send less")
    refund["data"]["items"] = refund["data"]["items"][: lines // 10]
    same("  and the same command with less", send(running, compact(refund)).status, 200)


def compact(body):
    return json.dumps(body, separators=(",", ":")).encode()


def refused_by_rules(running):
    first = refused(running, "a case about an order that nobody recorded", shop.case("2"), 422,
                    "order-not-recorded", "order 2", "RecordOrder", recorded=1)
    same("  names the rule", first["rule"], "C2")
    missing = refused(running, "a refund of an order that nobody recorded",
                      shop.request("2") | {"data": {**shop.request("2")["data"], "caseId": "1"}},
                      422, "unknown-order", "order 2", "RecordOrder", recorded=1)
    same("  names the rule", missing["rule"], "R1")
    again = refused(running, "the same refused command again", shop.case("2"), 422,
                    "order-not-recorded", recorded=0)
    same("  has the same answer, which says so", again,
         first | {"replay": True, "requestId": again["requestId"]})
    much = refused(running, "more units than were ordered",
                   command("much", "RequestRefund", shop.request("3", 7, "1")["data"] | {
                       "caseId": "1"}, actor="customer/robin"), 422, "more-units-than-left",
                   "7 units of line 1", "4 of 6", recorded=1)
    same("  names the rule", much["rule"], "R1")
    refused(running, "an unknown tenant", shop.approve("1", tenant="acne"), 404, "unknown-tenant",
            "acne", "RegisterTenant")


def ids(running):
    order = shop.order("1")  # It has the time in it.
    first = send(running, order)
    before = commits(running)
    again = send(running, order)
    same("the same command again has the same answer, which says so", (again.status, again.json()),
         (200, first.json() | {"replay": True}))
    same("and is not recorded again", commits(running), before)
    refused(running, "its id with other content", shop.order("1", title="Candle"), 409,
            "command-id-reused", "order-1", "new one")


def media_types(running):
    for media_type in ("text/plain", "application/x-www-form-urlencoded", "application/jsonx"):
        refused(running, f"the Content-Type {media_type}", shop.order("3"), 415,
                "unsupported-media-type", media_type, "application/json",
                media_type=media_type)


def many_lines(running):
    before = commits(running)
    lines = [json.dumps(shop.order("7")).encode(), b"{bad", json.dumps(shop.case("7")).encode(),
             b'{"id":"no-type","tenant":"acme"}', json.dumps(shop.case("8")).encode(), b"",
             b'"\xff"', b'{"id":"long","x":"' + b"x" * MIB + b'"}',
             json.dumps(shop.request("7")).encode()]
    answer = send(running, b"\n".join(lines), media_type="application/x-ndjson")
    same("NDJSON with bad lines is answered line by line",
         [(line["id"], line["outcome"]) for line in answer.lines()],
         [("order-7", "accepted"), (None, "invalid"), ("case-7", "accepted"),
          ("no-type", "invalid"), ("case-8", "rejected"), (None, "invalid"), (None, "invalid"),
          ("refund-7", "accepted")])
    check(all("detail" in line["problem"] for line in answer.lines()
              if line["outcome"] != "accepted"), "and each that failed says why")
    same("and what was decided is recorded", commits(running) - before, 4)
    refused(running, "NDJSON without a command", b"\n\n", 400, "bad-request", "no command",
            media_type="application/x-ndjson")


def main():
    _, folder = proof.begin(__doc__)
    running = services.Service(folder / "data")
    running.accepted(shop.opening())
    ids(running)
    running.accepted([shop.case("1"), shop.request("1")])
    malformed(running)
    too_large(running)
    refused_by_rules(running)
    media_types(running)
    many_lines(running)
    same("the service stops well", running.stop(), 0)
    proof.output([proof.REDRESS, "verify", "--data", running.data])
    check(True, "its log verifies")


main()
