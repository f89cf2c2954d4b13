#!/usr/bin/env python3
"""Proves that `redress trail` prints what belongs together, as the events' own names say.

Here the streams that belong together are found by going over the whole history until nothing is added,
for several customers with orders, cases, refunds and returns that go on at the same time. The lines are the
log's own, in order, with refused commands and without a text that is not sealed; conditions and formats are
those of `redress replay`.
"""

import csv
import io
import json
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import proof
import service as services
import shop
from proof import check, same

KINDS = {"customerId": "customer", "subjectId": "customer", "orderId": "order", "caseId": "case",
         "refundId": "refund", "returnId": "return", "holdId": "hold", "chargebackId": "chargeback"}
PARTS = {"order", "case", "refund", "return", "hold"}


def commands(generator):
    """Lives of orders, mixed: each step of each in its turn, a random one next."""
    lives = []
    for number in range(6):
        name, customer = f"o{number}", f"c{number % 3}"
        agent, own = {"actor": "agent/ann"}, {"actor": f"customer/{customer}"}
        order = shop.order(name)
        order["data"]["customerId"] = customer
        lives.append([
            order,
            shop.command(f"case-{name}", "OpenCase", {
                "caseId": f"k{number}", "customerId": customer, "orderId": name, "title": "Broken",
                "type": "product"}, **own),
            shop.command(f"message-{name}", "PostMessage", {
                "caseId": f"k{number}", "customerId": customer, "authorRole": "buyer",
                "body": "A secret word"}, **own),
            shop.command(f"refund-{name}", "RequestRefund", {
                "refundId": f"f{number}", "caseId": f"k{number}", "orderId": name,
                "reason": "damaged", "items": [{"lineId": "1", "quantity": 1}]}, **own),
            shop.command(f"deny-{name}", "DenyRefund", {
                "refundId": f"f{number}", "reason": "worn"}, **agent),
            shop.command(f"again-{name}", "DenyRefund", {
                "refundId": f"f{number}", "reason": "again"}, **own),
            shop.command(f"return-{name}", "RequestReturn", {
                "returnId": f"b{number}", "caseId": f"k{number}", "orderId": name, "lines": [
                    {"lineId": "1", "quantity": 2, "reason": {"code": "size"}}]}, **own),
            shop.command(f"bank-{name}", "OpenChargeback", {
                "caseId": f"k{number}", "chargebackId": f"x{number}", "orderId": name,
                "paymentId": f"payment-{name}", "amount": 400, "reason": "fraud"})])
    while lives:
        life = generator.choice(lives)
        yield life.pop(0)
        lives = [life for life in lives if life]


def names(event):
    data = event["data"]
    found = {f"{kind}/{data[key]}" for key, kind in KINDS.items() if key in data}
    found |= {data["target"]} if event["type"].startswith("Command") and "target" in data else set()
    for fact in data.get("facts", []) if event["type"] == "CommandRejected" else []:
        found.add(f"{fact['name']}/{fact['value']}")
    return found


def belonging(history, root):
    """The events of the trail, by going over the history until no stream is added."""
    members, count = {root}, 0
    while count != len(members):
        count = len(members)
        for event in history:
            kind = event["subject"].split("/")[0]
            if event["revision"] == 0 and kind in PARTS and names(event) & members:
                members.add(event["subject"])
            if event["subject"] in members and kind == "case":
                members |= {name for name in names(event) if name.startswith("chargeback/")}
    return [event for event in history
            if event["subject"] in members or names(event) & members
            or f"case/{event.get('correlationid')}" in members]


def main():
    generator, folder = proof.begin(__doc__.splitlines()[0])
    data = folder / "data"
    running = services.Service(data)
    running.accepted(shop.opening() + [
        shop.command("policy", "DefinePolicy", {
            "policyId": "p", "name": "P", "rules": [], "active": True,
            "defaultAction": {"eligible": True}})] + [
        shop.command(f"customer-{number}", "RegisterCustomer", {
            "customerId": f"c{number}", "email": "robin@example.com"}) for number in range(3)])
    outcomes = running.submit(list(commands(generator)))
    same("six commands are refused, the others are not",
         sorted({outcome["outcome"] for outcome in outcomes}), ["accepted", "rejected"])
    same("the service stops well", running.stop(), 0)

    def printed(*words):
        return proof.output([proof.REDRESS, *words, "--data", data])

    lines = printed("replay").splitlines()
    history = [json.loads(line) for line in lines]
    for root in [f"{kind}/{letter}{number}" for number in range(3) for kind, letter in (
            ("customer", "c"), ("order", "o"), ("case", "k"), ("refund", "f"), ("return", "b"))]:
        expected = belonging(history, root)
        check(0 < len(expected) < len(history), f"{root} has a trail", len(expected))
        trail = printed("trail", *root.split("/"))
        same(f"the trail of {root} is what belongs to it", trail.splitlines(),
             [line for line, event in zip(lines, history) if event in expected])
        kind = root.split("/")[0]
        same(f"with the refusal, for {kind}", "CommandRejected" in trail, kind != "return")
        check("secret" not in trail, "and no text that is not sealed")
    case = [event for event in belonging(history, "case/k1") if event["actor"] == "agent/ann"]
    found = printed("trail", "case", "k1", "--actor", "agent/ann").splitlines()
    same("conditions select of it", [json.loads(line) for line in found], case)
    rows = list(csv.DictReader(io.StringIO(printed("trail", "case", "k1", "--format", "csv"))))
    same("rows", [row["position"] for row in rows],
         [event["id"] for event in belonging(history, "case/k1")])
    same("and one array", json.loads(printed("trail", "case", "k1", "--format", "cloudevents")),
         belonging(history, "case/k1"))
    for words, code, part in (
            (["case", "none"], 3, "there is no case none"), (["hold", "h"], 2, "hold has no trail"),
            (["case"], 2, "name one of"), (["case", "a/b"], 2, "a/b is not a valid case id"),
            (["case", "k1", "--type", "X"], 2, "--type X"),
            (["case", "k1", "--tenant", "nobody"], 3, "no tenant nobody")):
        result = proof.run([proof.REDRESS, "trail", "--data", data, *words])
        if result.returncode != code or part not in result.stderr.decode():
            proof.fail(f"trail {words} ends with {result.returncode}: {result.stderr.decode()}")
    check(True, "what has no trail is an error that names it")


main()
