#!/usr/bin/env python3
"""Proves every balance by a ledger of its own, kept from the log's lines with zstd alone.

The month of the real shop, and orders of which parts are refunded, approved for less, denied, paid,
disputed, won and lost in a random order. The ledger knows the events that move money and no rule: what
was captured is free, reserved, disputed or gone. Nothing of it is ever negative, and at the end every
order and every sum is what the read model says, and what the read model built from the log says.
"""

import collections
import pathlib
import sqlite3
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import proof
import service as services
import shop
from proof import check, same

ACCOUNTS = ("captured", "executed", "reserved", "disputed", "refundable")
ORDERS = 40


class Ledger:
    """The accounts of all orders."""

    def __init__(self, history):
        self.orders = collections.defaultdict(lambda: dict.fromkeys(ACCOUNTS, 0))
        self.held = {}
        for event in history:
            move = getattr(self, event["type"], None)
            if not move:
                continue
            tenant, data = event["source"], event["data"]
            order = self.orders[tenant, data["orderId"]]
            move(order, data, (tenant, data.get("refundId")))
            order["refundable"] = (order["captured"] - order["executed"] - order["reserved"]
                                   - order["disputed"])
            if min(order.values()) < 0:
                proof.fail(f"a balance is negative after {event['type']} at {event['id']}: {order}")

    def PaymentCaptured(self, order, data, _):
        order["captured"] += data["amount"]

    def OrderBalanceReserved(self, order, data, refund):
        self.held[refund] = data["amount"]
        order["reserved"] += data["amount"]

    def OrderReservationReduced(self, order, data, refund):
        self.held[refund] -= data["amount"]
        order["reserved"] -= data["amount"]

    def OrderReservationReleased(self, order, _, refund):
        order["reserved"] -= self.held.pop(refund)

    def OrderReservationSettled(self, order, data, refund):
        amount = self.held.pop(refund)
        if amount != data["amount"]:
            proof.fail(f"{refund} held {amount} and paid {data['amount']}")
        order["reserved"] -= amount
        order["executed"] += amount

    def OrderBalanceDisputed(self, order, data, _):
        order["disputed"] += data["covered"]

    def OrderDisputeReleased(self, order, data, _):
        order["disputed"] -= data["amount"]

    def OrderDisputeSettled(self, order, data, _):
        order["disputed"] -= data["amount"]
        order["executed"] += data["amount"]

    def OrderDisputeCovered(self, order, data, _):
        order["executed" if data["isLost"] else "disputed"] += data["amount"]


def lives(generator):
    """What happens to some orders, each in its own order, mixed."""
    remaining = []
    for number in range(ORDERS):
        name = f"o{number}"
        steps = [shop.order(name), shop.case(name)]
        for part in range(generator.randrange(1, 4)):
            refund = f"{name}-{part}"
            steps.append(shop.request(refund, quantity=generator.randrange(1, 3), order_id=name)
                         | {"id": f"ask-{refund}"})
            steps[-1]["data"]["caseId"] = name
            steps.append(generator.choice([
                shop.approve(refund),
                shop.command(f"less-{refund}", "ApproveRefund",
                             {"refundId": refund, "approvedAmount": 100}, actor="agent/ann"),
                shop.command(f"no-{refund}", "DenyRefund", {"refundId": refund, "reason": "worn"},
                             actor="agent/ann")]))
        if generator.random() < 0.5:
            steps.insert(generator.randrange(2, len(steps) + 1), shop.command(
                f"dispute-{name}", "OpenChargeback", {
                    "chargebackId": f"c-{name}", "caseId": name, "orderId": name,
                    "paymentId": f"payment-{name}", "amount": generator.choice([500, 2034]),
                    "reason": "fraud"}))
            steps.append(shop.command(f"end-{name}", "RecordChargebackOutcome", {
                "caseId": name, "chargebackId": f"c-{name}",
                "outcome": generator.choice(["prevented", "lost", "accepted"])}))
        remaining.append(steps)
    while remaining:
        steps = generator.choice(remaining)
        yield steps.pop(0)
        if not steps:
            remaining.remove(steps)


def balances(path):
    """What a read model's file says, by tenant and order."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        rows = database.execute(f"SELECT tenant, order_id, {', '.join(ACCOUNTS)} FROM orders")
        return {(f"/tenants/{tenant}", order): dict(zip(ACCOUNTS, amounts))
                for tenant, order, *amounts in rows}


def main():
    generator, folder = proof.begin(__doc__.splitlines()[0])
    data = folder / "data"
    running = services.Service(data)
    shop.import_month(running, shop.Month)
    running.accepted(shop.opening())
    outcomes = collections.Counter(
        outcome["outcome"] for command in lives(generator) for outcome in running.submit([command]))
    check(outcomes["accepted"] > 5 * ORDERS, "orders live through refunds and disputes", outcomes)
    # A refund of money that a chargeback claims waits, and says so.
    proof.wait_until(lambda: all(
        refund["status"] == "approved" and "chargeback" in refund.get("note", "")
        for status in ("approved", "processing")
        for refund in running.get(f"/v1/refunds?tenant=acme&limit=500&status={status}").json()["refunds"]),
        "what may be paid is paid", seconds=120)
    same("the service stops well", running.stop(), 0)
    proof.output([proof.REDRESS, "projections", "rebuild", "--data", data, "OrderBalance"])
    history = services.events(data)
    ledger = Ledger(history)
    kinds = {event["type"] for event in history}
    same("money moves in every way", sorted(
        {name for name in vars(Ledger) if name[0].isupper()} - kinds - {"OrderDisputeCovered"}), [])
    found = balances(data / "read-models" / "OrderBalance.sqlite")
    same("every order is known to both", len(found), shop.Month.summary["orders"] + ORDERS)
    differing = {order: (found[order], amounts) for order, amounts in ledger.orders.items()
                 if found[order] != amounts}
    same(f"the ledger agrees on {len(found)} orders' balances", differing, {})
    check(sum(amounts["executed"] for amounts in ledger.orders.values())
          > shop.Month.summary["executedAmount"], "and on what went back in all")


main()
