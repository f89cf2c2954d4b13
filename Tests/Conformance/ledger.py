#!/usr/bin/env python3
"""Proves every balance by a ledger of its own, kept from the log's lines with zstd alone.

The month of the real shop, and orders of which parts are refunded, approved for less, denied, paid,
disputed, won and lost in a random order; and a history of another system, in which the legs of refunds
fail, are accepted, come back, are tried again and given up in every way. The ledger knows the events that
move money and no rule: what was captured is free, reserved, disputed or gone, of each order and of each of
its payments. Nothing of it is ever negative, no leg is paid twice unless its money came back, and at the
end every order, every payment and every sum is what the read model says, and what the read model built
from the log says.
"""

import collections
import itertools
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
# How the orders are paid, in turns; what goes back by pay_2 the provider declines.
PAYMENTS = [[2034], [300, 300, 1434]]
# What becomes of each of the two legs of another system's refund, and of those that are not paid then.
WAYS = ("paid", "accepted and paid", "unknown and paid", "paid and returned", "failed")
UNPAID = {"paid and returned", "failed"}
TOLD = [(first, second, end) for first, second in itertools.product(WAYS, WAYS)
        for end in ("left", "tried again", "given up") if end == "left" or {first, second} & UNPAID]


class Ledger:
    """The accounts of all orders and of all their payments."""

    def __init__(self, history):
        self.orders = collections.defaultdict(lambda: dict.fromkeys(ACCOUNTS, 0))
        self.payments = collections.defaultdict(lambda: dict.fromkeys(ACCOUNTS, 0))
        # Of each refund: its order, and what it holds of each payment.
        self.order_of, self.held = {}, collections.defaultdict(dict)
        # What each leg paid, until it comes back.
        self.paid = {}
        # What a refund's event says, until its order's event says the same in the same commit.
        self.unconfirmed = {}
        for event in history:
            move = getattr(self, event["type"], None)
            if not move:
                continue
            self.event, data = event, event["data"]
            self.refund = event["source"], data.get("refundId")
            self.order = ((event["source"], data["orderId"]) if "orderId" in data
                          else self.order_of[self.refund])
            move(data)
        if self.unconfirmed:
            proof.fail(f"no order's event says {self.unconfirmed}")

    def need(self, holds, sentence):
        if not holds:
            proof.fail(f"{sentence}: {self.event['type']} at {self.event['id']}")

    def move(self, payment, **amounts):
        """Changes the accounts of a payment and of its order; more never goes back than was captured."""
        for row in (self.orders[self.order], self.payments[(*self.order, payment)]):
            for account, amount in amounts.items():
                row[account] += amount
            row["refundable"] = (row["captured"] - row["executed"] - row["reserved"]
                                 - row["disputed"])
            self.need(min(row.values()) >= 0, f"a balance is negative, {row}")

    def parts(self, data):
        """How an amount is distributed over payments."""
        parts = {part["paymentId"]: part["amount"] for part in data["payments"]}
        self.need(sum(parts.values()) == data["amount"], "the payments come to another amount")
        return parts

    def say(self, kind, data):
        """What a refund's event says, and an order's event has to say, too."""
        key = (self.refund, data.get("paymentId"))
        self.need(key not in self.unconfirmed, f"{self.unconfirmed.get(key)} is not confirmed")
        self.unconfirmed[key] = (kind, data["amount"], self.event["commandid"])

    def confirm(self, data):
        said = self.unconfirmed.pop((self.refund, data.get("paymentId")), None)
        self.need(said == (self.event["type"], data["amount"], self.event["commandid"]),
                  f"the refund says {said}")

    def PaymentCaptured(self, data):
        self.move(data["paymentId"], captured=data["amount"])

    def OrderBalanceReserved(self, data):
        self.need(not self.held[self.refund], "something is held already")
        self.order_of[self.refund] = self.order
        self.held[self.refund] = self.parts(data)
        for payment, amount in self.held[self.refund].items():
            self.move(payment, reserved=amount)

    def OrderReservationReduced(self, data):
        # Less was approved, or what a refund did not pay is given up.
        if (self.refund, None) in self.unconfirmed:
            self.confirm(data)
        for payment, amount in self.parts(data).items():
            self.held[self.refund][payment] -= amount
            self.need(self.held[self.refund][payment] >= 0, "less was held")
            self.move(payment, reserved=-amount)

    def OrderReservationReleased(self, data):
        held = self.held.pop(self.refund)
        self.need(sum(held.values()) == data["amount"], f"{held} was held")
        for payment, amount in held.items():
            self.move(payment, reserved=-amount)

    def RefundLegSettled(self, data):
        self.pay(data["paymentId"], data["amount"])
        self.say("OrderReservationSettled", data)

    def OrderReservationSettled(self, data):
        if "paymentId" in data:
            self.confirm(data)
            return
        # By the first version of the rules all legs are paid at once.
        held = dict(self.held[self.refund])
        self.need(sum(held.values()) == data["amount"], f"{held} was held")
        for payment, amount in held.items():
            self.pay(payment, amount)

    def pay(self, payment, amount):
        leg = (self.refund, payment)
        self.need(leg not in self.paid, "a leg is paid twice")
        held = self.held[self.refund].pop(payment, None)
        self.need(held == amount, f"{held} was held")
        self.paid[leg] = amount
        self.move(payment, reserved=-amount, executed=amount)

    def RefundLegReturned(self, data):
        payment, amount = data["paymentId"], data["amount"]
        paid = self.paid.pop((self.refund, payment), None)
        self.need(paid == amount, f"{paid} was paid")
        self.held[self.refund][payment] = amount
        self.move(payment, executed=-amount, reserved=amount)
        self.say("OrderReservationRestored", data)

    def OrderReservationRestored(self, data):
        self.confirm(data)

    def RefundRestGivenUp(self, data):
        held = self.held[self.refund]
        self.need(sum(held.values()) == data["amount"], f"{held} was held")
        self.say("OrderReservationReduced", data)

    def OrderBalanceDisputed(self, data):
        self.move(data["paymentId"], disputed=data["covered"])

    def OrderDisputeReleased(self, data):
        self.move(data["paymentId"], disputed=-data["amount"])

    def OrderDisputeSettled(self, data):
        self.move(data["paymentId"], disputed=-data["amount"], executed=data["amount"])

    def OrderDisputeCovered(self, data):
        self.move(data["paymentId"], **{
            "executed" if data["isLost"] else "disputed": data["amount"]})


def lives(generator):
    """What happens to some orders, each in its own order, mixed."""
    remaining = []
    for number in range(ORDERS):
        name, amounts = f"o{number}", PAYMENTS[number % 2]
        steps = [shop.order_paid_by(name, amounts), shop.case(name)]
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
                    "paymentId": f"pay_{len(amounts)}",
                    "amount": generator.choice([500, amounts[-1]]), "reason": "fraud"}))
            steps.append(shop.command(f"end-{name}", "RecordChargebackOutcome", {
                "caseId": name, "chargebackId": f"c-{name}",
                "outcome": generator.choice(["prevented", "lost", "accepted"])}))
        remaining.append(steps)
    while remaining:
        steps = generator.choice(remaining)
        yield steps.pop(0)
        if not steps:
            remaining.remove(steps)


def declined():
    """Options by which pay_2 gives nothing back of an order that has one."""
    return [word for number in range(1, ORDERS, 2) for part in range(3)
            for word in ("--simulate", f"decline=o{number}-{part}/pay_2")]


def give_up(running, generator):
    """Some refunds that were paid in part, or not at all, are not tried again."""
    for status in ("partly_executed", "failed"):
        found = running.get(f"/v1/refunds?tenant=acme&limit=500&status={status}").json()["refunds"]
        for name in sorted(refund["refundId"] for refund in found):
            if generator.random() < 0.5:
                running.accepted([shop.command(
                    f"cancel-{name}", "CancelRefund", {"refundId": name}, actor="agent/ann")])


def told(name, first, second, end):
    """A refund of another system with two legs: 10.00 by pay_1 and 3.56 by pay_2."""
    def say(kind, step="", actor="service/shop", **data):
        return shop.command(f"{kind}-{name}-{step}", kind, {"refundId": name, **data}, actor=actor)

    yield from [shop.order_paid_by(name, [1000, 1034]), shop.case(name), shop.request(name, 4),
                shop.approve(name), say("ExecuteRefund", actor="agent/ann")]
    for payment, way in (("pay_1", first), ("pay_2", second)):
        leg = {"paymentId": payment, "attempt": 1}
        paid = {**leg, "settlementReference": f"old-{payment}"}
        if way == "accepted and paid":
            yield say("RecordRefundAccepted", payment, **leg, reason="pending at the bank")
        if way == "unknown and paid":
            yield say("RecordRefundOutcomeUnknown", payment, **leg, reason="no answer")
            yield say("ReconcileRefund", payment, **paid, outcome="executed")
        elif way == "failed":
            yield say("RecordRefundFailed", payment, **leg, code="declined", reason="closed")
        else:
            yield say("RecordRefundExecuted", payment, **paid)
        if way == "paid and returned":
            yield say("RecordRefundReturned", payment, **leg, reason="closed")
    if end == "tried again":
        yield say("ExecuteRefund", "again", actor="agent/ann")
        yield say("RecordRefundExecuted", "again", attempt=2, settlementReference="old-again")
    elif end == "given up":
        yield say("CancelRefund", actor="agent/ann")


def status_of(first, second, end):
    """Where such a refund stands at last."""
    unpaid = len([way for way in (first, second) if way in UNPAID])
    if unpaid == 0 or end == "tried again":
        return "executed"
    if end == "given up":
        return "executed" if unpaid == 1 else "cancelled"
    return "partly_executed" if unpaid == 1 else "failed"


def import_told(running):
    running.accepted([shop.command("begin", "BeginImport", {})])
    for number, fate in enumerate(TOLD):
        running.accepted(list(told(f"t{number}", *fate)))
    (ended,) = running.accepted([shop.command("end", "EndImport", {})])
    position = ended["events"][-1]["position"]
    found = {fate: running.get(
        f"/v1/refunds/t{number}?tenant=acme&minPosition={position}").json()["status"]
             for number, fate in enumerate(TOLD)}
    same(f"{len(TOLD)} refunds of another system stand where their legs say", found,
         {fate: status_of(*fate) for fate in TOLD})


def balances(path, table, *names):
    """What a read model's file says, by tenant and names."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        rows = database.execute(f"SELECT tenant, {', '.join(names + ACCOUNTS)} FROM {table}")
        return {(f"/tenants/{tenant}", *values[:len(names)]): dict(
            zip(ACCOUNTS, values[len(names):])) for tenant, *values in rows}


def main():
    generator, folder = proof.begin(__doc__.splitlines()[0])
    data = folder / "data"
    running = services.Service(data, *declined())
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
    give_up(running, generator)
    import_told(running)
    same("the service stops well", running.stop(), 0)
    proof.output([proof.REDRESS, "projections", "rebuild", "--data", data, "OrderBalance"])
    history = services.events(data)
    ledger = Ledger(history)
    kinds = {event["type"] for event in history}
    same("money moves in every way", sorted(
        {name for name in vars(Ledger) if name[0].isupper()} - kinds - {"OrderDisputeCovered"}), [])
    path = data / "read-models" / "OrderBalance.sqlite"
    found = balances(path, "orders", "order_id")
    same("every order is known to both", len(found),
         shop.Month.summary["orders"] + ORDERS + len(TOLD))
    differing = {order: (found[order], amounts) for order, amounts in ledger.orders.items()
                 if found[order] != amounts}
    same(f"the ledger agrees on {len(found)} orders' balances", differing, {})
    found = balances(path, "payments", "order_id", "payment_id")
    differing = {payment: (found.get(payment), ledger.payments.get(payment))
                 for payment in found.keys() | ledger.payments.keys()
                 if found.get(payment) != ledger.payments.get(payment)}
    same(f"and on those of {len(found)} payments", differing, {})
    same("no payment gave back more than was captured", [
        payment for payment, row in ledger.payments.items() if row["executed"] > row["captured"]], [])
    check(sum(amounts["executed"] for amounts in ledger.orders.values())
          > shop.Month.summary["executedAmount"], "and on what went back in all")


main()
