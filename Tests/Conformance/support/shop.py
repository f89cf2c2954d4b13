"""Commands of a small shop, and the real shop's months with the figures that must come of them."""

import datetime
import json

import proof
import service as services

_DATA = proof.ROOT / "tools" / "online-retail" / "data"
_OUTSIDE = proof.ROOT.parent / "shared" / "data"


class Month:
    """December 2010, which is in the repository."""

    name = "2010-12"
    file = _DATA / "online-retail-2010-12.csv.zst"
    summary = {
        "orders": 1559, "requests": 162, "executed": 159, "executedAmount": 805682, "denied": 3,
        "deniedAmount": 7675, "matched": 299, "unmatched": 429,
    }
    order_total = 82374614
    # How large its log becomes, about; the group commits decide.
    log_size = 900_000


class NineMonths:
    """December 2010 to August 2011, which is not."""

    name = "2010-12 to 2011-08"
    file = _OUTSIDE / "online-retail-2010-12-to-2011-08.csv.zst"
    summary = {
        "orders": 12494, "requests": 2339, "executed": 1543, "executedAmount": 18844537,
        "denied": 796, "deniedAmount": 6172249, "matched": 4469, "unmatched": 1378,
    }
    order_total = 629376400
    log_size = 7_000_000


def months():
    """Every set of data that is here; says so if the larger one is not."""
    if NineMonths.file.exists():
        return [Month, NineMonths]
    proof.skip(f"{NineMonths.name}: {NineMonths.file.name} is not in ../shared/data", is_data=True)
    return [Month]


def start_import(service, month, *options):
    return proof.start(
        [proof.IMPORTER, "--file", month.file, "--socket", service.socket, *options],
        stdout=-1, stderr=-1)


def import_month(service, month, *options):
    """Runs the importer to its end and returns its summary line."""
    importer = start_import(service, month, *options)
    printed, said = importer.communicate(timeout=600)
    if importer.returncode != 0:
        proof.fail(f"the importer ends with {importer.returncode}: {said.decode()}")
    return json.loads(printed.splitlines()[-1])


# A small shop.


def now():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def command(name, kind, data, tenant="acme", actor="service/shop", **members):
    return {"id": name, "tenant": tenant, "type": kind, "actor": actor, "data": data, **members}


def opening(tenant="acme"):
    """The tenant and an agent who may approve anything."""
    return [
        command("tenant", "RegisterTenant", {
            "name": "Acme Ltd", "currency": "GBP", "timeZone": "Europe/London",
            "returnWindowDays": 14, "agentApprovalLimit": 100_000_000}, tenant),
        command("agent", "AddAgent", {"agentId": "ann", "role": "agent"}, tenant),
    ]


def order(name, tenant="acme", title="Lantern", lines=1):
    """An order of today: six of each line for 339 pence each, paid and delivered."""
    return command(f"order-{name}", "RecordOrder", {
        "orderId": name, "customerId": "robin", "source": "api", "currency": "GBP",
        "placedAt": now(), "deliveredAt": now(),
        "lines": [
            {"lineId": str(line + 1), "sku": "71053", "title": title, "quantity": 6,
             "unitPrice": 339} for line in range(lines)],
        "payments": [
            {"paymentId": f"payment-{name}", "amount": 2034 * lines, "capturedAt": now()}]}, tenant)


def order_paid_by(name, amounts, tenant="acme"):
    """Such an order that was paid by several payments: pay_1 and so on, captured in this order."""
    recorded = order(name, tenant)
    recorded["data"]["payments"] = [
        {"paymentId": f"pay_{number}", "amount": amount, "capturedAt": now()}
        for number, amount in enumerate(amounts, 1)]
    return recorded


def case(name, order_id=None, tenant="acme"):
    return command(f"case-{name}", "OpenCase", {
        "caseId": name, "customerId": "robin", "orderId": order_id or name,
        "title": "Two lanterns arrived broken", "type": "product"}, tenant, "customer/robin")


def request(name, quantity=2, order_id=None, tenant="acme", **data):
    return command(f"refund-{name}", "RequestRefund", {
        "refundId": name, "caseId": name, "orderId": order_id or name,
        "items": [{"lineId": "1", "quantity": quantity}], "reason": "damaged", **data},
        tenant, "customer/robin")


def approve(name, tenant="acme"):
    return command(f"approve-{name}", "ApproveRefund", {"refundId": name}, tenant, "agent/ann")


def begin_with_paid_refund(running):
    """Two tenants; a refund of the first was approved by an agent and paid."""
    for tenant in ("acme", "zeta"):
        running.accepted(opening(tenant))
    running.accepted([order("1"), case("1"), request("1"), approve("1")])
    proof.wait_until(
        lambda: any(event["type"] == "RefundLegSettled" for event in services.events(running.data)),
        "the refund is paid")
