#!/usr/bin/env python3
"""Proves that the shop's orders and refunds come out to the penny, whoever adds them up.

The figures of an import are the importer's own, and the same again from the log with zstd and jq alone,
from the read models' files with sqlite3, from the overview page, and from GET /v1/refunds. The log
verifies; read models rebuilt from it, beside the running service and without it, have the same digests;
the same import once more changes nothing.
"""

import html
import json
import pathlib
import re
import sys
import urllib.request

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import proof
import service as services
import shop
from proof import same

LOG_FIGURES = """
  reduce inputs as {type: $type, data: $data} (
    {orders: 0, orderTotal: 0, requests: 0, executed: 0, executedAmount: 0, denied: 0,
     deniedAmount: 0, settled: 0};
    if $type == "OrderRecorded" then .orders += 1 | .orderTotal += $data.total
    elif $type == "RefundRequested" then
      .requests += 1 | .requested[$data.refundId] = $data.requestedAmount
    elif $type == "RefundLegSettled" then
      .executed += (if $data.status == "executed" then 1 else 0 end)
      | .executedAmount += $data.amount
    elif $type == "OrderReservationSettled" then .settled += $data.amount
    elif $type == "RefundDenied" then
      .denied += 1 | .deniedAmount += .requested[$data.refundId]
    else . end) | del(.requested)
"""
READ_MODEL_FIGURES = """
  SELECT json_object('requests', count(*),
    'executed', sum(status = 'executed'), 'executedAmount', sum(iif(status = 'executed', amount, 0)),
    'denied', sum(status = 'denied'), 'deniedAmount', sum(iif(status = 'denied', amount, 0)))
  FROM refunds
"""
BALANCE_FIGURES = """
  SELECT json_object('orders', count(*), 'orderTotal', sum(total), 'settled', sum(executed),
    'reserved', sum(reserved)) FROM orders
"""


def of(figures, *names):
    return {name: figures[name] for name in names}


def from_log(data):
    return json.loads(
        proof.shell('zstd -dcq "$1"/log/*.zst | jq -nc "$2"', str(data), LOG_FIGURES))


def from_file(data, name, query):
    path = data / "read-models" / f"{name}.sqlite"
    return json.loads(proof.output(["sqlite3", "-readonly", path, query]))


def from_page(running):
    """The table By status: {status: [number of refunds, pence]}."""
    request = urllib.request.Request(running.address + "/tenants/online-retail/refunds")
    request.add_header("Cookie", running.cookie)
    with urllib.request.urlopen(request, timeout=30) as response:
        text = response.read().decode()
    table = re.search(r'<section class="totals".*?</section>', text, re.S).group()
    rows = {}
    for row in re.findall(r"<tr>.*?</tr>", table.split("<tbody>")[1], re.S):
        cells = [html.unescape(re.sub(r"<.*?>", "", cell)).strip()
                 for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.S)]
        amount, currency = cells[2].split()
        assert currency == "GBP"
        rows[cells[0]] = [int(cells[1].replace(",", "")), round(float(amount.replace(",", "")) * 100)]
    return rows


def from_totals(running):
    totals = running.get("/v1/refunds?tenant=online-retail&limit=1").json()["totals"]
    return {total["status"]: [total["count"], total["amount"]] for total in totals
            if total["count"] > 0}


def digests(data):
    """The digest of each read model, as `redress projections list` prints them."""
    rows = proof.output([proof.REDRESS, "projections", "list", "--data", data]).splitlines()[1:]
    return {row.split()[0]: row.split()[-1] for row in rows}


def rebuild(data):
    text = proof.output([proof.REDRESS, "projections", "rebuild", "--data", data], timeout=300)
    return dict(re.findall(r"^(\w+): .*digest (\w+), as before$", text, re.M))


def event_count(data):
    return int(proof.shell('"$1" replay --data "$2" | wc -l', proof.REDRESS, str(data)))


def verified(data):
    text, seconds = services.timed(
        lambda: proof.output([proof.REDRESS, "verify", "--data", data], timeout=300))
    return int(re.search(r": (\d+) events in", text).group(1)), seconds


def prove(month, folder):
    print(f"--- {month.name}")
    data = folder / month.name.replace(" ", "-")
    running = services.Service(data, pages=True)
    summary, seconds = services.timed(lambda: shop.import_month(running, month))
    print(f"    import took {seconds:.2f} s")
    same("the importer's summary", summary, month.summary)

    by_status = {
        "executed": [summary["executed"], summary["executedAmount"]],
        "denied": [summary["denied"], summary["deniedAmount"]],
    }
    same("GET /v1/refunds has the same totals", from_totals(running), by_status)
    same("the overview page has the same totals", from_page(running), by_status)
    log = from_log(data)
    refunds = of(summary, "requests", "executed", "executedAmount", "denied", "deniedAmount")
    same("zstd and jq find the same in the log", of(log, "orders", *refunds),
         of(summary, "orders", *refunds))
    same("the log's orders come to", log["orderTotal"], month.order_total)
    same("what the log paid is what it settled", log["settled"], log["executedAmount"])
    same("sqlite3 finds the same refunds", from_file(data, "RefundQueue", READ_MODEL_FIGURES),
         refunds)
    same("sqlite3 finds the same orders", from_file(data, "OrderBalance", BALANCE_FIGURES),
         {**of(log, "orders", "orderTotal", "settled"), "reserved": 0})

    count, seconds = verified(data)
    print(f"    verify took {seconds:.2f} s beside the service")
    same("replay prints as many lines as verify counted events", event_count(data), count)
    before = digests(data)
    same("there is a digest of every read model", sorted(before),
         sorted(file.stem for file in (data / "read-models").glob("*.sqlite")))
    rebuilt, seconds = services.timed(lambda: rebuild(data))
    same("rebuilt beside the service they have the same digests", rebuilt, before)
    print(f"    rebuild took {seconds:.2f} s beside the service")

    again, seconds = services.timed(lambda: shop.import_month(running, month))
    same("importing again ends with the same summary", again, summary)
    print(f"    import took {seconds:.2f} s when it was all there")
    same("and adds no event", event_count(data), count)

    same("the service stops well", running.stop(), 0)
    same("the closed log has an entry for each rebuilt read model, too", verified(data)[0],
         count + len(before))
    after = digests(data)
    same("the shop's read models are as they were", {**after, "Audits": before["Audits"]}, before)
    rebuilt, seconds = services.timed(lambda: rebuild(data))
    same("rebuilt without the service they have the same digests", rebuilt, after)
    print(f"    rebuild took {seconds:.2f} s without the service")


def main():
    _, folder = proof.begin(__doc__)
    for month in shop.months():
        prove(month, folder)


main()
