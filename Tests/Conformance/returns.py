#!/usr/bin/env python3
"""Proves that a return becomes exactly one refund on the running service, however often it is killed.

Requested, approved by the policy, received, inspected, completed, refunded, that approved by the policy,
and paid, with a kill -9 after each step. What only people may approve waits for them, what nobody
shipped expires, and what the read models, the log and the provider's books say agrees to the penny.
"""

import datetime
import json
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import proof
import service as services
import shop
from proof import check, same

LATE = {"ruleId": "late", "action": {"eligible": False}, "conditions": [
    {"fact": "days_since_delivery", "operator": "gt", "numbers": [30]}]}
FAULTY = {"ruleId": "faulty", "action": {"eligible": True, "autoApprove": True}, "conditions": [
    {"fact": "reason_code", "operator": "in", "texts": ["defective", "damaged_in_transit"]}]}
DEFAULT = {"eligible": True, "restockingFee": 1000, "shippingFee": 39}


def policy(name, rules, **data):
    return shop.command(name, "DefinePolicy", {
        "policyId": "standard", "name": "Standard", "rules": rules, "defaultAction": DEFAULT,
        **data})


def wish(name, reason, quantity=2, **members):
    return shop.command(f"return-{name}", "RequestReturn", {
        "returnId": name, "caseId": name, "orderId": name,
        "lines": [{"lineId": "1", "quantity": quantity, "reason": {"code": reason}}]},
        actor="customer/robin", **members)


def received(name):
    return shop.command(f"came-{name}", "RecordReturnReception", {
        "returnId": name, "lines": [{"lineId": "1", "reception": "received"}]})


def inspected(name, **data):
    return shop.command(f"look-{name}", "InspectReturn", {
        "returnId": name, "lines": [{"lineId": "1", "acceptance": "accepted", **data}]},
        actor="agent/ann")


def completed(name):
    return shop.command(f"end-{name}", "CompleteReturn", {"returnId": name}, actor="agent/ann")


def days_ago(count):
    time = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=count)
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def row(running, name):
    answer = running.get(f"/v1/returns/{name}?tenant=acme")
    return answer.json() if answer.status == 200 else {}


def wait(running, name, **expected):
    proof.wait_until(
        lambda: {key: row(running, name).get(key) for key in expected} == expected,
        f"return {name} is {expected}")


def kill(running):
    running.kill()
    running.start()


def bad_policies(running):
    bad = {"ruleId": "bad", "action": {"eligible": True}, "conditions": [
        {"fact": "sku", "operator": "lt", "texts": ["A"]}]}
    answer = running.submit([policy("bad", [LATE, bad])])[0]
    same("a bad rule is refused", answer["outcome"], "rejected")
    check("rules[1] (bad)" in json.dumps(answer), "with its index and name", answer)
    twice = running.submit([policy("twice", [LATE, LATE])])[0]
    check("rules[1] (late)" in json.dumps(twice), "and so is one that is there twice", twice)


def killed_at_each_step(running):
    """The policy approves the return and the refund; six lanterns at 3.39."""
    running.accepted([shop.order("auto"), shop.case("auto"), wish("auto", "damaged_in_transit")])
    kill(running)
    wait(running, "auto", status="approved")
    running.accepted([received("auto")])
    kill(running)
    running.accepted([inspected("auto")])
    kill(running)
    running.accepted([completed("auto")])
    kill(running)
    wait(running, "auto", status="completed", refundStatus="executed")
    kill(running)
    wait(running, "auto", refundAmount=678, money="refund", finalRefund=678)


def by_people(running):
    """The policy approves neither the return nor its refund."""
    running.accepted([shop.order("hand"), shop.case("hand"), wish("hand", "changed_mind")])
    refused = running.submit([shop.command(
        "auto-hand", "ApproveReturn", {"returnId": "hand"})])[0]
    same("a service approves only what the policy does", refused["outcome"], "rejected")
    running.accepted([shop.command(
        "approve-hand", "ApproveReturn", {"returnId": "hand"}, actor="agent/ann"),
        received("hand"), inspected("hand", quantity=1), completed("hand")])
    # One lantern, less a tenth of it and 0.39.
    wait(running, "hand", refundStatus="pending", refundAmount=339 - 34 - 39)
    refund = row(running, "hand")["refundId"]
    same("the refund names its return", running.get(
        f"/v1/refunds/{refund}?tenant=acme").json()["returnId"], "hand")
    running.accepted([shop.command(
        "pay-hand", "ApproveRefund", {"refundId": refund}, actor="agent/ann")])
    wait(running, "hand", refundStatus="executed")
    # The other lantern was not accepted: no other return gets it, an agent may still refund it.
    running.accepted([shop.request("rest", 5, order_id="hand") | {"data": {
        "refundId": "rest", "caseId": "hand", "orderId": "hand", "reason": "appeal",
        "items": [{"lineId": "1", "quantity": 5}]}}])
    again = running.submit([shop.command("again", "RequestReturn", {
        "returnId": "again", "caseId": "hand", "orderId": "hand",
        "lines": [{"lineId": "1", "quantity": 1, "reason": {"code": "size"}}]})])[0]
    same("nothing is returned and refunded twice", again["outcome"], "rejected")


def expiry(running):
    running.accepted([
        shop.command("begin", "BeginImport", {}), shop.order("slow"), shop.case("slow"),
        wish("slow", "size", occurredAt=days_ago(41)),
        shop.command("approve-slow", "ApproveReturn", {"returnId": "slow"}, actor="agent/ann",
                     occurredAt=days_ago(40)),
        shop.command("end", "EndImport", {})])
    wait(running, "slow", status="expired")


def credit(running):
    running.accepted([
        shop.order("gift"), shop.case("gift"), wish("gift", "defective"), ])
    wait(running, "gift", status="approved")
    running.accepted([received("gift"), inspected("gift"), shop.command(
        "end-gift", "CompleteReturn", {"returnId": "gift", "resolution": "store_credit"},
        actor="agent/ann")])
    wait(running, "gift", money="store_credit")
    balance = running.get("/v1/orders/gift/balance?tenant=acme").json()
    same("store credit stands beside the balance",
         (balance["storeCredit"], balance["refundable"]), (678, 2034))


def reading(running):
    listed = running.get("/v1/returns?tenant=acme&limit=2").json()
    same("the newest returns come first",
         [one["returnId"] for one in listed["returns"]], ["gift", "slow"])
    rest = running.get(f"/v1/returns?tenant=acme&before={listed['next']}").json()
    same("and then the others", [one["returnId"] for one in rest["returns"]], ["hand", "auto"])
    some = running.get("/v1/returns?tenant=acme&status=expired,completed&limit=3").json()
    same("a set of statuses", [one["returnId"] for one in some["returns"]],
         ["gift", "slow", "hand"])
    same("an address, or how it begins", [
        len(running.get(f"/v1/returns?tenant=acme&email={email}").json()["returns"])
        for email in ("robin%40example.com", "ROB", "kim")], [4, 4, 0])
    same("totals by status", {one["status"]: one["count"] for one in listed["totals"]},
         {"completed": 3, "expired": 1})
    same("the days", sum(one["count"] for one in listed["days"]), 4)
    same("the returns of an order", [
        one["returnId"] for one in running.get(
            "/v1/orders/hand/returns?tenant=acme").json()["returns"]], ["hand"])
    one = row(running, "hand")
    same("a return with its order", one["order"]["orderId"], "hand")
    same("and what came of its lines", [
        (line["reception"], line["received"], line["acceptance"], line["accepted"])
        for line in one["lines"]], [("received", 2, "accepted", 1)])
    same("its case names it", [
        entry["note"] for entry in running.get("/v1/cases/hand?tenant=acme").json()["timeline"]
        if entry["type"] == "CaseReturnRequested"], ["hand"])
    same("wrong questions are answered", [
        running.get(f"/v1/returns{path}").status
        for path in ("?tenant=acme&status=lost", "?tenant=acme&email=", "/none?tenant=acme")],
        [400, 400, 404])


def once_each(running):
    events = [line["event"] for line in running.get("/v1/events?tenant=acme").lines()
              if "event" in line]

    def of(kind):
        return [event for event in events if event["type"] == kind]

    same("each return was refunded once",
         sorted(event["data"]["returnId"] for event in of("ReturnRefundRequested")),
         ["auto", "hand"])
    same("and approved once", sorted(event["data"]["returnId"] for event in of("ReturnApproved")),
         ["auto", "gift", "hand", "slow"])
    same("the policy approved one refund", [
        event["actor"] for event in of("RefundApproved")],
        ["system/refund-approval", "agent/ann"])
    books = (running.data / "simulated-provider.tsv").read_text().splitlines()
    same("the provider paid each once", (len(books), sorted(
        event["data"]["amount"] for event in of("RefundLegSettled"))), (2, [266, 678]))
    defined = of("PolicyDefined")[0]["data"]
    line = json.dumps(defined["policy"], separators=(",", ":"), ensure_ascii=False)
    digest = proof.run(["sha256sum"], input=line.encode()).stdout.decode().split()[0]
    same("the policy's hash is that of its JSON", digest, defined["sha256"])
    same("and returns name it", {
        event["data"]["policy"]["sha256"] for event in of("ReturnRequested")}, {digest})


def the_shop(folder):
    """A month of the real shop: whatever is taken back goes through a return, and nothing else changes."""
    running = services.Service(folder / "shop")
    for time in ("once", "again"):
        importer = proof.start(
            [proof.IMPORTER, "--file", shop.Month.file, "--socket", running.socket, "--returns"],
            stdout=-1, stderr=-1)
        printed, said = importer.communicate(timeout=600)
        same(f"the importer ends well, {time}: {said.decode()[-300:]!r}", importer.returncode, 0)
        same(f"its figures are those without returns, {time}", json.loads(
            printed.splitlines()[-1]), shop.Month.summary | {"returns": 162})
    totals = running.get("/v1/returns?tenant=online-retail&limit=1").json()["totals"]
    same("every return is completed, for the money that was paid",
         [(one["status"], one["count"], one["amount"]) for one in totals],
         [("completed", 162, shop.Month.summary["executedAmount"])])
    held = proof.shell(
        'zstd -dcq "$1"/log/*.zst | jq -r \'select(.type == "ReturnRefundWithdrawn").type\' | wc -l',
        str(running.data))
    same("what was denied went back to its return", held.strip(), "3")
    same("the service stops well", running.stop(), 0)
    same("redress verify finds nothing", proof.run(
        [proof.REDRESS, "verify", "--data", running.data]).returncode, 0)


def main():
    _, folder = proof.begin(__doc__)
    running = services.Service(folder / "data")
    running.accepted(shop.opening() + [
        shop.command("limit", "ChangeTenantSettings", {"autoApproveLimit": 1000}),
        shop.command("robin", "RegisterCustomer", {
            "customerId": "robin", "email": "Robin@example.com"}),
        policy("policy", [LATE, FAULTY], active=True)])
    bad_policies(running)
    killed_at_each_step(running)
    by_people(running)
    expiry(running)
    credit(running)
    reading(running)
    once_each(running)
    same("the service stops well", running.stop(), 0)
    same("redress verify finds nothing", proof.run(
        [proof.REDRESS, "verify", "--data", running.data]).returncode, 0)
    the_shop(folder)


main()
