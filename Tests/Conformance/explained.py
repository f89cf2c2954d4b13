#!/usr/bin/env python3
"""Proves that what `redress explain` says follows from the events that `redress replay` prints.

The balance of an order is added up again here, event by event, and so is what its lines cost; the facts
of each event are those of its line; text and JSON say the same; errors name what is wrong.
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

BALANCES = ["captured", "executed", "reserved", "disputed", "refundable"]
LINES = [
    {"lineId": "a", "title": "Lantern", "quantity": 2, "unitPrice": 1000, "discount": 100},
    {"lineId": "b", "title": "Wick", "quantity": 3, "unitPrice": 500, "tax": 77}]
RULES = [
    {"ruleId": "late", "action": {"eligible": False}, "conditions": [
        {"fact": "days_since_delivery", "operator": "gt", "numbers": [30]}]},
    {"ruleId": "faulty", "action": {"eligible": True}, "conditions": [
        {"fact": "reason_code", "operator": "in", "texts": ["defective"]}]}]


def story():
    """Everything that can be explained, also what was refused."""
    order = shop.order("o1")
    order["data"] |= {"lines": LINES, "shipping": 300, "total": 3500, "payments": [
        {"paymentId": "p1", "amount": 3500, "capturedAt": shop.now()}]}
    kim = {"actor": "agent/ann"}
    yield from shop.opening()
    yield shop.command("customer", "RegisterCustomer", {
        "customerId": "robin", "email": "robin@example.com"})
    yield shop.command("policy", "DefinePolicy", {
        "policyId": "standard", "name": "Standard", "rules": RULES, "active": True,
        "defaultAction": {"eligible": True, "restockingFee": 1000}})
    yield shop.command("calendar", "DefineSlaCalendar", {
        "calendarId": "always", "timeZone": "UTC", "hours": [
            {"weekday": day, "from": "00:00", "to": "24:00"} for day in [
                "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]]})
    yield shop.command("targets", "SetSlaTargets", {"calendarId": "always", "targets": [
        {"severity": severity, "firstResponseMinutes": 60, "resolutionMinutes": 600}
        for severity in ["low", "normal", "high", "urgent"]]})
    yield order
    yield shop.order("other")
    yield shop.case("k", "o1")
    yield shop.case("other")
    yield shop.command("message", "PostMessage", {
        "caseId": "k", "customerId": "robin", "authorRole": "agent", "body": "A secret word"},
        **kim)
    for name in ("r1", "r2"):
        yield shop.command(f"refund-{name}", "RequestRefund", {
            "refundId": name, "caseId": "k", "orderId": "o1", "reason": "damaged",
            "items": [{"lineId": "b", "quantity": 1}]}, **kim)
    yield shop.command("deny-r2", "DenyRefund", {"refundId": "r2", "reason": "worn"}, **kim)
    yield shop.command("return", "RequestReturn", {
        "returnId": "back", "caseId": "k", "orderId": "o1", "lines": [
            {"lineId": "a", "quantity": 1, "reason": {"code": "defective"}}]},
        actor="customer/robin")
    yield shop.command("credit", "GrantStoreCredit", {
        "caseId": "k", "orderId": "o1", "amount": 50, "reason": "The wait"}, **kim)
    yield shop.command("bank", "OpenChargeback", {
        "caseId": "k", "chargebackId": "b1", "orderId": "o1", "paymentId": "p1", "amount": 400,
        "reason": "fraud"})
    yield shop.command("bank-end", "RecordChargebackOutcome", {
        "caseId": "k", "chargebackId": "b1", "outcome": "lost"})
    yield from paid_back()


def paid_back():
    """A refund of another system: one of its two legs was paid and came back, the other was paid."""
    def told(name, kind, **data):
        return shop.command(name, kind, {"refundId": "r3", **data})

    yield shop.command("begin", "BeginImport", {})
    yield shop.order_paid_by("o2", [1000, 1034])
    yield shop.case("o2")
    yield shop.request("r3", 4, "o2", caseId="o2")
    yield shop.approve("r3")
    yield told("ask-r3", "ExecuteRefund") | {"actor": "agent/ann"}
    for payment in ("pay_1", "pay_2"):
        yield told(f"paid-{payment}", "RecordRefundExecuted", paymentId=payment, attempt=1,
                   settlementReference=f"old-{payment}")
    yield told("back-r3", "RecordRefundReturned", paymentId="pay_1", attempt=1,
               reason="The account was closed")
    yield shop.command("end", "EndImport", {})


def refused():
    yield shop.command("again", "DenyRefund", {"refundId": "r2", "reason": "no"}, actor="agent/ann")


def events(data):
    lines = proof.output([proof.REDRESS, "replay", "--data", data]).splitlines()
    return [json.loads(line) for line in lines]


def explain(data, *words):
    report = json.loads(proof.output(
        [proof.REDRESS, "explain", "--data", data, *words, "--format", "json"]))
    text = proof.output([proof.REDRESS, "explain", "--data", data, *words])
    same_in_text(report, text, words)
    return report


def rows(report, name):
    return [row for section in report["sections"] if section["name"] == name
            for row in section["rows"]]


def same_in_text(report, text, words):
    """The text has every section's title, each as many rows, and every value in its row."""
    blocks = text.rstrip("\n").split("\n\n")
    same(f"{' '.join(words)}: a block for each section", len(blocks), 2 + len(report["sections"]))
    for section, block in zip(report["sections"], blocks[2:]):
        title, _, *lines = block.split("\n")
        if title != section["title"] or len(lines) != len(section["rows"]):
            proof.fail(f"{words}: {section['name']} in text is {block}")
        for row, line in zip(section["rows"], lines):
            for value in row.values():
                shown = "" if value is None else str(value)
                pounds = f"{abs(value) / 100:.2f}" if isinstance(value, int) else shown
                if shown not in line and pounds not in line:
                    proof.fail(f"{words}: {value} is not in the row {line}")


def balances(history, order):
    """The balance after each of the order's events that changes it, from the events alone."""
    held, total = {}, dict.fromkeys(BALANCES[:-1], 0)
    for event in history:
        kind, data = event["type"], event["data"]
        if event["subject"] != f"order/{order}":
            continue
        before = dict(total)
        if kind == "PaymentCaptured":
            total["captured"] += data["amount"]
        elif kind == "OrderBalanceReserved":
            held[data["refundId"]] = {
                part["paymentId"]: part["amount"] for part in data["payments"]}
            total["reserved"] += data["amount"]
        elif kind == "OrderReservationReleased":
            total["reserved"] -= sum(held.pop(data["refundId"]).values())
        elif kind == "OrderReservationSettled":
            amount = held[data["refundId"]].pop(data["paymentId"])
            total["reserved"] -= amount
            total["executed"] += amount
        elif kind == "OrderReservationRestored":
            held[data["refundId"]][data["paymentId"]] = data["amount"]
            total["reserved"] += data["amount"]
            total["executed"] -= data["amount"]
        elif kind == "OrderBalanceDisputed":
            total["disputed"] += data["covered"]
        elif kind == "OrderDisputeSettled":
            total["disputed"] -= data["amount"]
            total["executed"] += data["amount"]
        if total != before:
            rest = total["captured"] - total["executed"] - total["reserved"] - total["disputed"]
            yield int(event["id"]), {**total, "refundable": rest}


def check_balance(data, history, order):
    report = explain(data, "order", order)
    steps = {row["position"]: {name: row[name] for name in BALANCES}
             for row in rows(report, "balance") if not row["detail"].startswith("store credit")}
    expected = dict(balances(history, order))
    same(f"each step of the balance of {order} adds up from the events", steps, expected)
    same("and the last one is the order's", {name: report["facts"][name] for name in BALANCES},
         list(expected.values())[-1])
    return report


def check_order(data, history):
    same("money that came back of one leg is not executed, that of the other is", check_balance(
        data, history, "o2")["facts"]["executed"], 4 * 339 - 1000)
    report = check_balance(data, history, "o1")
    same("store credit is beside it", report["facts"]["storeCredit"], 50)
    *parts, total = rows(report, "lines")
    same("lines and shipping come to the total", sum(part["amount"] for part in parts),
         total["amount"])
    for line in parts[:-1]:
        same(f"line {line['lineId']} costs what its prices say", line["amount"],
             line["quantity"] * line["unitPrice"] - line["discount"] + line["tax"])
    same("the difference is from the parts to the total", rows(report, "difference")[0],
         {"partsTotal": 1900 + 1577 + 300, "total": 3500, "shippingImported": 300, "shipping": 300})
    same("the return holds a unit", rows(report, "units"),
         [{"returnId": "back", "lineId": "a", "quantity": 1}])


def check_case(data, history):
    report = explain(data, "case", "k")
    course = [(row["position"], row["event"], row["actor"]) for row in rows(report, "course")]
    same("a case's course is its stream", course,
         [(int(event["id"]), event["type"], event["actor"]) for event in history
          if event["subject"] == "case/k"])
    same("with its refunds", [row["refundId"] for row in rows(report, "refunds")], ["r1", "r2"])
    same("its returns", [row["returnId"] for row in rows(report, "returns")], ["back"])
    same("and its chargebacks", [row["chargebackId"] for row in rows(report, "chargebacks")],
         ["b1"])
    target = rows(report, "targets")[0]
    same("its first response was met", (target["outcome"], target["targetMinutes"]), ("met", 60))
    same("and its intervals come to what was counted", target["countedSeconds"],
         sum(row["seconds"] for row in rows(report, "intervals")
             if row["target"] == "first_response"))
    check("secret" not in json.dumps(report), "what a message says is not in it")
    chargeback = explain(data, "chargeback", "b1", "--case", "k")
    same("a chargeback took what was left", (
        chargeback["facts"]["amount"], chargeback["facts"]["covered"],
        chargeback["facts"]["status"]), (400, 400, "lost"))
    same("from disputed to executed", [
        (row["disputed"], row["when"]) for row in rows(chargeback, "balance")],
        [(0, "before"), (400, "after"), (400, "before"), (0, "after")])


def check_amounts(data, history):
    requested = next(event["data"] for event in history if event["type"] == "RefundRequested")
    table = rows(explain(data, "refund", "r1"), "derivation")
    same("a refund's table ends with what was requested", table[-1]["amount"],
         requested["requestedAmount"])
    policy = rows(explain(data, "return", "back"), "policy")
    same("a return's policy: the first match wins", [
        (row["rule"], row["result"]) for row in policy], [
            ("late", "does not hold"), ("faulty", "holds"), ("default action", "not tried")])
    defined = next(event["data"] for event in history if event["type"] == "PolicyDefined")
    line = next(event["data"]["lines"][0] for event in history
                if event["type"] == "ReturnRequested")
    decision = explain(data, "policy", "back")
    same("a policy's decision names the policy that was defined", [
        decision["facts"][name] for name in ("policyId", "policyVersion", "policySha256")],
        [defined["policy"]["policyId"], defined["policy"]["version"], defined["sha256"]])
    same("with each condition and the fact that it looked at", [
        (row["rule"], row["result"], row["fact"]) for row in rows(decision, "policy")], [
            ("late", "does not hold", str(line["decision"]["facts"]["daysSinceDelivery"])),
            ("faulty", "holds", ", ".join(line["decision"]["facts"]["reasonCodes"])),
            ("default action", "not tried", None)])
    same("and the action that followed", [
        (row["lineId"], row["eligible"]) for row in rows(decision, "actions")], [("a", "yes")])


def check_events(data, history):
    for event in history:
        command = [proof.REDRESS, "explain", "--data", data, "position", event["id"],
                   "--format", "json"]
        facts = json.loads(proof.output(command))["facts"]
        found = [facts[name] for name in ("event", "stream", "actor", "time", "commandId")]
        if found != [event[name] for name in ("type", "subject", "actor", "time", "commandid")]:
            proof.fail(f"position {event['id']} is explained as {facts}")
    check(len(history) > 20, "every event is explained by its own line", len(history))
    rejection = next(event for event in history if event["type"] == "CommandRejected")
    report = explain(data, "position", rejection["id"])
    refusal = [(row["fact"], row["value"]) for row in rows(report, "refusal")]
    data = rejection["data"]
    same("a refusal has its rule and its facts", refusal,
         [("rule", data["rule"]), ("reason", data["reason"])] + [
             (fact["name"], fact["value"]) for fact in data["facts"]])


def check_errors(data):
    for words, code, part in (
            (["refund", "r9"], 3, "there is no refund r9"), (["case", "r9"], 3, "no case r9"),
            (["policy", "r1"], 3, "refund r1: it is of no return"),
            (["policy", "r9"], 3, "there is no refund/r9 and no return/r9"),
            (["policy", "return/a b"], 2, "a b is not a valid return id"),
            (["position", "9999"], 3, "no event at position 9999"),
            (["chargeback", "b9", "--case", "k"], 3, "no chargeback b9 in case k"),
            (["chargeback", "b1"], 2, "--case is missing"), (["hold", "h"], 2, "hold cannot"),
            (["order", "a/b"], 2, "a/b is not a valid order id"), (["refund"], 2, "name one of"),
            (["position", "-1"], 2, "-1"), (["refund", "r1", "--case", "k"], 2, "--case k"),
            (["refund", "r1", "--format", "xml"], 2, "--format xml"),
            (["refund", "r1", "--tenant", "nobody"], 3, "no tenant nobody")):
        result = proof.run([proof.REDRESS, "explain", "--data", data, *words])
        if result.returncode != code or part not in result.stderr.decode():
            proof.fail(f"explain {words} ends with {result.returncode}: {result.stderr.decode()}")
    check(True, "what cannot be explained is an error that names it")


def main():
    _, folder = proof.begin(__doc__.splitlines()[0])
    data = folder / "data"
    running = services.Service(data)
    running.accepted(list(story()))
    outcomes = running.submit(list(refused()))
    same("a command is refused", [outcome["outcome"] for outcome in outcomes], ["rejected"])
    same("the service stops well", running.stop(), 0)
    history = events(data)
    check_order(data, history)
    check_case(data, history)
    check_amounts(data, history)
    check_events(data, history)
    check_errors(data)


main()
