#!/usr/bin/env python3
"""Proves that a refund by two payments goes back leg by leg, to the penny, on the running service.

The simulated provider declines one leg: the refund is partly executed, and what failed is given up, or tried
again and paid. Others are accepted first, or do not answer. Money that came back (R10) is reserved again,
told to customer and agent, and paid by another attempt. Rows, page, events, balances, messages and the
provider's books agree; at the end the audit finds nothing, and tools/verify-log accepts the log.
"""

import email
import email.policy
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import proof
import service as services
import shop
from proof import check, same

# Four lanterns at 3.39, of which the first payment gives back all that it has.
FIRST, SECOND = 1000, 4 * 339 - 1000
TOTAL, CAPTURED = FIRST + SECOND, 2034
SIMULATED = ["decline=part/pay_2", "decline=again/pay_2", "decline=none", "timeout=late/pay_1",
             "pend=slow/pay_2"]


def opening():
    """A tenant that wants e-mail, and two people with addresses."""
    return shop.opening()[:1] + [
        shop.command("settings", "ChangeTenantSettings", {"emailNotifications": True}),
        shop.command("ann", "AddAgent", {
            "agentId": "ann", "role": "agent", "email": "ann@example.com"}),
        shop.command("robin", "RegisterCustomer", {
            "customerId": "robin", "email": "robin@example.com"})]


def approved(name):
    """An order by two payments, and a refund of more than the first."""
    return [shop.order_paid_by(name, [FIRST, CAPTURED - FIRST]), shop.case(name),
            shop.request(name, 4), shop.approve(name)]


def of_refund(kind, name, step="", actor="agent/ann", **data):
    return shop.command(f"{kind}-{name}{step}", kind, {"refundId": name, **data}, actor=actor)


def submit(running, command):
    """Submits a command that must be accepted, and returns the types of its events."""
    (outcome,) = running.accepted([command])
    return [event["type"] for event in outcome["events"]]


def history(running):
    return [event for event in services.events(running.data) if event["source"] == "/tenants/acme"]


def read(running, path):
    """What the service says once its read models have all that is recorded."""
    return running.get(
        f"{path}?tenant=acme&minPosition={len(history(running)) - 1}").json()


def wait(running, name, status):
    proof.wait_until(
        lambda: running.get(f"/v1/refunds/{name}?tenant=acme").json().get("status") == status,
        f"refund {name} is {status}")


def legs(running, name):
    return [(leg["paymentId"], leg["state"], leg["amount"], leg["attempt"])
            for leg in read(running, f"/v1/refunds/{name}")["legs"]]


def course(running, name):
    """The events of a refund's legs, each with the status after it."""
    return [(event["type"].removeprefix("RefundLeg"), event["data"]["paymentId"],
             event["data"]["attempt"], event["data"]["status"])
            for event in history(running)
            if event["subject"] == f"refund/{name}" and event["type"].startswith("RefundLeg")]


def has_balance(running, name, *payments):
    """What each payment of an order has paid back, and what refunds hold of it."""
    order = read(running, f"/v1/orders/{name}/balance")
    found = [(payment["executed"], payment["reserved"]) for payment in order["payments"]]
    same(f"by payment, order {name} has paid back and holds", found, list(payments))
    executed, reserved = (sum(amounts) for amounts in zip(*payments))
    same("and so the order in all, of what was captured", [
        order[name] for name in ("captured", "executed", "reserved", "refundable")],
        [CAPTURED, executed, reserved, CAPTURED - executed - reserved])


def told(running, name):
    """Who was told what of a refund: address, subject and text of each message."""
    messages = [email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
                for path in (running.data / "outbox").glob("*.eml")]
    return sorted((str(message["to"]).split("@")[0], str(message["subject"]), message.get_content())
                  for message in messages if f"refund {name} " in str(message["subject"]).lower())


def is_told(running, name, *expected):
    proof.wait_until(lambda: len(told(running, name)) >= len(expected), f"refund {name} is told")
    same(f"of refund {name} is told", [(to, subject) for to, subject, _ in told(running, name)],
         sorted(expected))


def started(running, name):
    """Attempt and legs of each attempt to pay a refund: payment, pence and key."""
    return [(event["data"]["attempt"], [
        (leg["paymentId"], leg["amount"], leg["idempotencyKey"]) for leg in event["data"]["legs"]])
            for event in history(running)
            if event["type"] == "RefundExecutionStarted" and event["data"]["refundId"] == name]


def resolve(name):
    return shop.command(name, "ResolveCase", {"caseId": "part", "resolution": "refunded"},
                        actor="agent/ann")


def paid_in_part(running):
    wait(running, "part", "partly_executed")
    same("each leg has a key of its own", started(running, "part"), [
        (1, [("pay_1", FIRST, "part.pay_1.1"), ("pay_2", SECOND, "part.pay_2.1")])])
    same("one leg is paid, the other declined", legs(running, "part"), [
        ("pay_1", "settled", FIRST, 1), ("pay_2", "failed", SECOND, 1)])
    same("so say its events", course(running, "part"), [
        ("Settled", "pay_1", 1, "processing"), ("Failed", "pay_2", 1, "partly_executed")])
    refund = read(running, "/v1/refunds/part")
    same("its amounts", [refund[name] for name in ("approvedAmount", "executedAmount", "amount")],
         [TOTAL, FIRST, FIRST])
    page = services.curl(running, "/tenants/acme/refunds/part").body.decode()
    missing = [words for words in ("partly executed", "pay_1", "10.00 GBP", "pay_2", "3.56 GBP",
                                   "declined by the simulated provider") if words not in page]
    same("so says its page", missing, [])
    has_balance(running, "part", (FIRST, 0), (0, SECOND))
    is_told(running, "part", ("robin", "A part of your refund part has been paid"),
            ("ann", "Refund part could be paid only in part"))
    _, refused = running.submit([
        shop.command("take", "AssignCase", {"caseId": "part", "owner": "ann"}, actor="agent/ann"),
        resolve("early")])
    check("refund part" in refused.get("problem", {}).get("detail", ""),
          "its case cannot be resolved", refused)


def rest_given_up(running):
    same("what was not paid is given up", submit(running, of_refund(
        "CancelRefund", "part", reason="Given as store credit")),
        ["RefundRestGivenUp", "OrderReservationReduced"])
    wait(running, "part", "executed")
    same("and the leg says so", legs(running, "part"), [
        ("pay_1", "settled", FIRST, 1), ("pay_2", "given_up", SECOND, 1)])
    has_balance(running, "part", (FIRST, 0), (0, 0))
    again = running.submit([of_refund("CancelRefund", "part", "-2"),
                            of_refund("ExecuteRefund", "part")])
    same("that is final", [outcome["outcome"] for outcome in again], ["rejected", "rejected"])
    # The other two lanterns, of what is left of the second payment.
    running.accepted([shop.request("more", 2, "part", caseId="part"), shop.approve("more")])
    wait(running, "more", "executed")
    has_balance(running, "part", (FIRST, 0), (2 * 339, 0))
    same("its case can be resolved", submit(running, resolve("resolve"))[0], "CaseResolved")
    is_told(running, "part", ("robin", "A part of your refund part has been paid"),
            ("ann", "Refund part could be paid only in part"),
            ("robin", "Your refund part is complete"))


def without_any_leg(running):
    wait(running, "none", "failed")
    has_balance(running, "none", (0, FIRST), (0, SECOND))
    same("a refund of which nothing was paid is withdrawn", submit(running, of_refund(
        "CancelRefund", "none")), ["RefundCancelled", "OrderReservationReleased"])
    wait(running, "none", "cancelled")
    has_balance(running, "none", (0, 0), (0, 0))


def late_and_slow(running):
    wait(running, "late", "executed")
    same("a leg without an answer is settled by the provider's books", course(running, "late"), [
        ("OutcomeUnknown", "pay_1", 1, "outcome_unknown"), ("Settled", "pay_2", 1, "outcome_unknown"),
        ("Settled", "pay_1", 1, "executed")])
    wait(running, "slow", "executed")
    same("one that is accepted is settled later", course(running, "slow"), [
        ("Settled", "pay_1", 1, "processing"), ("Accepted", "pay_2", 1, "processing"),
        ("Settled", "pay_2", 1, "executed")])
    for name in ("late", "slow"):
        has_balance(running, name, (FIRST, 0), (SECOND, 0))


def tried_again(running):
    """The provider pays what it declined before."""
    same("a failed leg is tried again", submit(running, of_refund("ExecuteRefund", "again")),
         ["RefundExecutionStarted"])
    wait(running, "again", "executed")
    same("that leg alone", started(running, "again")[1:], [
        (2, [("pay_2", SECOND, "again.pay_2.2")])])
    same("and it is paid", legs(running, "again"), [
        ("pay_1", "settled", FIRST, 1), ("pay_2", "settled", SECOND, 2)])
    has_balance(running, "again", (FIRST, 0), (SECOND, 0))


def is_the_providers_word(running, when):
    """What a provider did for Redress no service says."""
    outcome = running.submit([of_refund(
        "RecordRefundReturned", "again", f"-{when}", "service/shop", paymentId="pay_1", attempt=1,
        reason="The account was closed")])[0]
    same(f"{when} an import a service cannot say that what Redress paid came back",
         outcome["outcome"], "rejected")


def came_back(running):
    """Another system's refund: all was paid, and comes back leg by leg."""
    def say(kind, step, **data):
        return of_refund(kind, "gone", step, "service/shop", **data)

    is_the_providers_word(running, "before")
    running.accepted([shop.command("begin", "BeginImport", {})] + approved("gone"))
    is_the_providers_word(running, "within")
    running.accepted([
        of_refund("ExecuteRefund", "gone"),
        say("RecordRefundAccepted", "-1", attempt=1, reason="pending at the bank"),
        say("RecordRefundExecuted", "-1", attempt=1, paymentId="pay_1", settlementReference="old-1"),
        say("RecordRefundExecuted", "-2", attempt=1, paymentId="pay_2", settlementReference="old-2")])
    wait(running, "gone", "executed")
    for payment, status, balance in (
            ("pay_2", "partly_executed", [(FIRST, 0), (0, SECOND)]),
            ("pay_1", "failed", [(0, FIRST), (0, SECOND)])):
        same(f"what {payment} paid comes back", submit(running, say(
            "RecordRefundReturned", f"-{payment}", paymentId=payment, attempt=1,
            reason="The account was closed", returnedAt=shop.now())),
            ["RefundLegReturned", "OrderReservationRestored"])
        wait(running, "gone", status)
        has_balance(running, "gone", *balance)
        refund = read(running, "/v1/refunds/gone")
        same("so much is paid, and so much came back",
             [refund["executedAmount"], refund["returnedAmount"]],
             [sum(paid for paid, _ in balance), sum(held for _, held in balance)])
    is_told(running, "gone", ("robin", "Your refund gone has been paid"), *[
        ("robin", "Money of your refund gone came back to us"),
        ("ann", "Money of refund gone came back")] * 2)
    for amount in ("10.00 GBP", "3.56 GBP"):
        same(f"both are told that {amount} came back", [to for to, subject, text in told(
            running, "gone") if "came back" in subject and amount in text], ["ann", "robin"])
    running.accepted([of_refund("ExecuteRefund", "gone", "-2")])
    same("another attempt pays all of it", submit(running, say(
        "RecordRefundExecuted", "-3", attempt=2, settlementReference="old-3")),
        ["RefundLegSettled", "OrderReservationSettled"] * 2)
    wait(running, "gone", "executed")
    same("both legs say so", legs(running, "gone"), [
        ("pay_1", "settled", FIRST, 2), ("pay_2", "settled", SECOND, 2)])
    has_balance(running, "gone", (FIRST, 0), (SECOND, 0))
    running.accepted([shop.command("end", "EndImport", {})])


def all_agree(running):
    lines = (running.data / "simulated-provider.tsv").read_text().splitlines()
    books = [line.split("\t") for line in lines]
    paid = {"part.pay_1.1": FIRST, "more.pay_2.1": 2 * 339, "again.pay_2.2": SECOND,
            **{f"{name}.pay_1.1": FIRST for name in ("again", "late", "slow")},
            **{f"{name}.pay_2.1": SECOND for name in ("late", "slow")}}
    same("the provider paid each leg once, under its key", sorted(
        (fields[1], int(fields[3])) for fields in books if fields[0] == "paid"),
        sorted((f"acme/{key}", amount) for key, amount in paid.items()))
    settled = sum(event["data"]["amount"] for event in history(running)
                  if event["type"] == "RefundLegSettled")
    # What came back was paid twice, by the other system.
    same("the log settled as much", settled, sum(paid.values()) + 2 * TOTAL)
    totals = running.get("/v1/refunds?tenant=acme&limit=1").json()["totals"]
    same("and the totals are those of what was paid", {
        total["status"]: (total["count"], total["amount"]) for total in totals if total["count"]},
        {"executed": (6, FIRST + 2 * 339 + 4 * TOTAL), "cancelled": (1, TOTAL)})


def told_by_an_admin(running):
    """An admin saw in the provider's own pages that a leg came back; it is paid again on demand."""
    running.accepted([shop.command("max", "AddAgent", {"agentId": "max", "role": "admin"})])
    back = of_refund("RecordRefundReturned", "late", "-back", "agent/max", paymentId="pay_1",
                     attempt=1, reason="The account was closed")
    same("an admin says that money came back", submit(running, back),
         ["RefundLegReturned", "OrderReservationRestored"])
    wait(running, "late", "partly_executed")
    has_balance(running, "late", (0, FIRST), (SECOND, 0))
    (again,) = running.submit([{**back, "id": "once-more"}])
    same("what is told twice changes nothing", again["outcome"], "unchanged")
    running.accepted([of_refund("ExecuteRefund", "late", "-2")])
    wait(running, "late", "executed")
    same("and it is paid again, alone", legs(running, "late"), [
        ("pay_1", "settled", FIRST, 2), ("pay_2", "settled", SECOND, 1)])
    has_balance(running, "late", (FIRST, 0), (SECOND, 0))


def main():
    _, folder = proof.begin(__doc__.splitlines()[0])
    data = folder / "data"
    running = services.Service(data, *[word for how in SIMULATED for word in ("--simulate", how)])
    running.accepted(opening())
    for name in ("part", "again", "none", "late", "slow"):
        running.accepted(approved(name))
    paid_in_part(running)
    rest_given_up(running)
    without_any_leg(running)
    late_and_slow(running)
    wait(running, "again", "partly_executed")
    same("the service stops well", running.stop(), 0)
    running = services.Service(data)
    tried_again(running)
    came_back(running)
    all_agree(running)
    told_by_an_admin(running)
    same("the service stops well", running.stop(), 0)
    said = proof.output([proof.ROOT / "tools" / "verify-log", data / "log"])
    check(said.startswith("ok"), "tools/verify-log accepts the log", said)
    audited = proof.run([proof.REDRESS, "audit", "--data", data])
    same(f"the audit finds nothing {audited.stdout.decode()[-500:]}", audited.returncode, 0)


main()
