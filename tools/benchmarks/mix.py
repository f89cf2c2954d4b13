"""The commands that are sent: what a shop sends all day, small, and all of them acceptable."""

import json

TENANT = "bench"

REGISTRATION = json.dumps({
    "id": "register-bench", "tenant": TENANT, "type": "RegisterTenant",
    "data": {"name": "Bench Ltd", "currency": "GBP", "timeZone": "Europe/London"}})


def independent(run, count):
    """Commands that do not need one another, so that they may travel side by side."""
    for index in range(count):
        name = f"{run}-{index}"
        if index % 10 in (0, 3, 6):
            yield customer(name)
        elif index % 10 in (2, 5, 8):
            yield case(name)
        else:
            yield order(name, is_paid=index % 10 == 9)


# How many commands a life has, and how many events they lead to.
LIFE_COMMAND_COUNT = 6
LIFE_EVENT_COUNT = 10


def lives(run, count):
    """Whole lives of orders, each with a refund that is asked for and denied; every command needs the
    ones before it."""
    for index in range(count):
        name = f"{run}-{index}"
        yield customer(name)
        yield order(name, is_paid=True)
        yield case(name, about=name)
        yield command(f"request-{name}", "RequestRefund", {
            "refundId": f"srf_{name}", "caseId": f"sca_{name}", "orderId": name,
            "items": [{"lineId": "1", "quantity": 1}], "reason": "damaged_in_transit"})
        yield command(f"deliver-{name}", "RecordDelivery", {
            "orderId": name, "deliveredAt": "2026-01-07T12:00:00Z"})
        yield command(f"deny-{name}", "DenyRefund", {
            "refundId": f"srf_{name}", "reason": "The goods arrived as they left."})


def command(name, kind, data):
    return json.dumps(
        {"id": name, "tenant": TENANT, "type": kind, "data": data}, separators=(",", ":"))


def customer(name):
    return command(f"customer-{name}", "RegisterCustomer", {
        "customerId": f"cus_{name}", "email": f"{name}@example.com", "firstName": "Robin",
        "lastName": "Day"})


def order(name, is_paid):
    data = {
        "orderId": name, "customerId": f"cus_{name}", "source": "api", "currency": "GBP",
        "placedAt": "2026-01-05T09:30:00Z",
        "lines": [{"lineId": "1", "sku": "85123A", "title": "White hanging heart T-light holder",
                   "quantity": 2, "unitPrice": 339}]}
    if is_paid:
        data["payments"] = [
            {"paymentId": f"pay_{name}", "amount": 678, "capturedAt": "2026-01-05T09:30:00Z"}]
    return command(f"order-{name}", "RecordOrder", data)


def case(name, about=None):
    data = {
        "caseId": f"sca_{name}", "customerId": f"cus_{name}",
        "title": "Two holders arrived broken", "type": "product", "severity": "normal"}
    if about:
        data["orderId"] = about
    return command(f"case-{name}", "OpenCase", data)
