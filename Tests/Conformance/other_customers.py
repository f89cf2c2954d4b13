#!/usr/bin/env python3
"""Proves that a customer's token shows nothing of another customer, and changes nothing of theirs.

With a good token, a customer asks every route of the contract, lists, the feed, proofs, receipts, metrics, with
conditions and ranges, about another customer, and gets what there would be for something that does not exist; and
sends commands about them, and none is accepted.
"""

import json
import re
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import proof
import service as services
import shop
import users
from issuer import PROXY, bearer, begin, over_loopback
from proof import check, same

SECRET = "The lantern was a gift for Sasha."
GOOD = {"role": "customer", "tenants": ["acme"]}


def reads(running):
    """Every route that reads, about what is robin's, and lists with filters for it."""
    places = {"tenant": "acme", "customerId": "robin", "subject": "robin", "position": "4"}
    for path, methods in running.get("/v1/openapi.json").json()["paths"].items():
        if "get" in methods and not re.match("/(contract|problems|v1/(openapi|asyncapi|schemas)|healthz|readyz|login)", path):
            yield re.sub(r"{(\w+)}", lambda place: places.get(place[1], "1"), path)
    yield from [
        "/v1/cases?customer=robin", "/v1/cases?order=1", "/v1/cases?customer=robin&order=1",
        "/v1/returns?email=robin@example.com", "/v1/events?tenant=acme", "/v1/events?follow=true",
        "/v1/proof?position=4&tenant=acme", "/v1/consistency?old=1&new=2&tenant=acme", "/v1/receipts/1?tenant=acme",
        "/v1/customers/kim%2f..%2frobin/timeline", "/v1/customers/kim/../robin/timeline", "/v1/cases?customer=kim&customer=robin",
        "/v1/cases?customer=kim%00robin", "/v1/cases/1?customer=kim"]


def a_customer_sees_their_own(running, keys):
    robin, kim = (keys.token(sub=name, **GOOD) for name in ("robin", "kim"))
    own = 0
    for target in reads(running):
        theirs = over_loopback(running, target, robin)
        own += theirs.status == 200
        conditions = [{}, {"Range": "bytes=0-10"}, {"If-None-Match": theirs.headers.get("etag", "*")},
                      {"If-Modified-Since": "Mon, 01 Jan 2035 00:00:00 GMT"}]
        for headers in conditions:
            answer = over_loopback(running, target, kim, **headers)
            if answer.status not in (400, 403, 404) or b"antern" in answer.body or b"robin@" in answer.body:
                proof.fail(f"kim gets {target} ({headers}): {answer.status} {answer.body[:500]!r}")
        if theirs.status == 200 and "/1" in target:
            missing = over_loopback(running, target.replace("/1", "/none"), kim)
            same(f"{target} is for kim like one that is not there", plain(answer), plain(missing).replace("/none", "/1"))
    check(own >= 8, f"robin sees {own} of them")
    same("kim's own cases are there, and no other",
         over_loopback(running, "/v1/cases?customer=kim&tenant=acme", kim).json()["cases"], [])


def plain(answer):
    return f"{answer.status} " + re.sub(r"[0-9a-f]{8}-[0-9]+", "ID", answer.body.decode())


def commands_about_others_are_refused(running, keys):
    kim = bearer(keys.token(sub="kim", **GOOD)) | {"Content-Type": "application/json"}
    opened = {"caseId": "k", "orderId": "1", "title": "x", "type": "product"}
    commands = [
        shop.command("k1", "OpenCase", {**opened, "customerId": "kim"}),
        shop.command("k2", "OpenCase", {**opened, "customerId": "robin"}),
        shop.command("k3", "PostMessage", {"caseId": "1", "customerId": "kim", "authorRole": "buyer", "body": "x"}),
        shop.command("k4", "PostMessage", {"caseId": "1", "customerId": "robin", "authorRole": "buyer", "body": "x"}),
        shop.request("2", order_id="1"), shop.request("1"), shop.case("1"), shop.approve("1"),
        shop.command("k5", "CancelRefund", {"refundId": "1", "reason": "x"}),
        shop.command("k6", "EraseSubject", {"subjectId": "robin", "reason": "x"})]
    for command in commands:
        for actor in (None, "customer/kim", "customer/robin", "agent/ann"):
            sent = {**command, "actor": actor, "id": f"{command['id']}-{actor}".replace("/", "-") if actor else command["id"]}
            answer = users.request_as(PROXY, running, "POST", "/v1/commands", json.dumps(
                {name: value for name, value in sent.items() if value is not None}), kim)
            if answer.status not in (403, 409, 422) or b"antern" in answer.body or SECRET.encode() in answer.body:
                proof.fail(f"kim's {sent} is answered {answer.status}: {answer.body!r}")
    check(True, f"none of {4 * len(commands)} commands of kim about what is robin's is accepted")


def main():
    _, folder = proof.begin(__doc__.splitlines()[0])
    if users.are_missing():
        return proof.skip("people who are brought along by other users: only root can act as them")
    keys, running = begin(folder)
    running.accepted([
        shop.command("mail", "RegisterCustomer", {"customerId": "robin", "email": "robin@example.com"}),
        shop.command("secret", "PostMessage", {"caseId": "1", "customerId": "robin", "authorRole": "buyer",
                                               "body": SECRET}, actor="customer/robin")])
    a_customer_sees_their_own(running, keys)
    commands_about_others_are_refused(running, keys)
    same("the service stops well", running.stop(), 0)
    same("the history has refusals of kim's, and nothing else of them", {
        event["type"] for event in services.events(running.data) if event.get("principal") == "person-kim"
        and not event["source"].endswith("/_system")}, {"CommandRejected"})
    return None


main()
