#!/usr/bin/env python3
"""Proves that `redress backtest` says of the real shop, to the penny, what its sales file says.

The file alone decides here, read by Python, without the importer's figures and without the log: which
cancellation takes back which purchase, what it comes to, and how many calendar days in London lie between
the two. A change must neither write to the data folder nor depend on when it is asked.
"""

import csv
import decimal
import io
import json
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import proof
import sales
import service as services
import shop
from proof import check, same


def backtest(data, *words, change, code=0):
    """What a back-test prints; it must end with a code."""
    result = proof.run([proof.REDRESS, "backtest", "--data", data, "--policy", "-", *words],
                       input=json.dumps(change).encode())
    if result.returncode != code:
        proof.fail(f"backtest {' '.join(words)} ends with {result.returncode}: {result.stderr}")
    return (result.stderr if code else result.stdout).decode()


def totals(pairs):
    """{effect: {count, amount}} of pairs of an effect and pence."""
    sums = {name: {"count": 0, "amount": 0} for name in ("refusedNow", "allowedNow")}
    for effect, amount in pairs:
        sums[effect]["count"] += 1
        sums[effect]["amount"] += amount
    return sums


def outcomes(report):
    """{refund or return: (effect, pence)}."""
    return {outcome["stream"]: (outcome["effect"], outcome["amount"])
            for outcome in report["outcomes"]}


def compare(data, requests, window):
    report = json.loads(backtest(data, "--format", "json", change={"returnWindowDays": window}))
    expected = requests.expected(window)
    found = outcomes(report)
    same(f"{window} days: each refund that goes otherwise, with its amount", found, expected)
    same("each stands there once", len(report["outcomes"]), len(found))
    sums = totals(expected.values())
    print(f"    {window} days: {sums}")
    for name in ("total", "tenant", "rule", "reason", "customerGroup"):
        found = [[row["currency"], {key: row[key] for key in sums}] for row in report["totals"][name]]
        same(f"the totals by {name}", found, [["GBP", sums]] if expected else [])
    same("every decision was replayed", report["notReplayed"], [])
    same("approvals as the file has requests",
         {item["command"]: item["allowed"] + item["refused"] for item in report["decisions"]},
         {"ApproveRefund": len(requests.found), "RequestRefund": len(requests.found)})
    return report


def formats(data, report, window):
    """All formats say the same."""
    change = {"returnWindowDays": window}
    table = list(csv.DictReader(io.StringIO(backtest(data, "--format", "csv", change=change))))
    found = [[row["value"], row["effect"], int(row["amount"]), int(row["position"])]
             for row in table if row["kind"] == "outcome"]
    same("csv has the same outcomes", found,
         [[item["stream"], item["effect"], item["amount"], item["position"]]
          for item in report["outcomes"]])
    (row,) = report["totals"]["total"]
    same("and the same totals", [int(row["amount"]) for row in table if row["kind"] == "by total"],
         [row[name]["amount"] for name in ("refusedNow", "allowedNow", "otherAmount")])
    text = backtest(data, change=change)
    (line,) = [line.split() for line in text.splitlines() if line.startswith("all ")]
    same("text has them in pounds", [decimal.Decimal(line[index]) * 100 for index in (3, 5)],
         [row[name]["amount"] for name in ("refusedNow", "allowedNow")])
    same("the same once more", backtest(data, change=change), text)
    check("Nothing was written." in text, "it says that it wrote nothing")


def contents(data):
    return {str(path): path.read_bytes() for path in sorted(data.rglob("*")) if path.is_file()}


def refusals(data):
    for words, change, code, part in (
            ([], {"window": 7}, 2, "$.window"), ([], {"returnWindowDays": "x"}, 2, "$.returnWindowDays"),
            (["--tenant", "beta"], {}, 3, "there is no tenant beta"),
            (["--from", "2001-01-01T00:00:00Z", "--to", "2001-01-02T00:00:00Z"], {}, 3, "no event"),
            (["--format", "html"], {}, 2, "text, json, csv"),
            ([], {"policy": {"policyId": "p", "name": "P", "defaultAction": {"eligible": True},
                             "rules": [{"ruleId": "r", "conditions": [],
                                        "action": {"eligible": True}}]}}, 2, "$.policy: rules[0]")):
        said = backtest(data, *words, change=change, code=code)
        check(part in said and len(said.splitlines()) <= 2, f"refused: {part}", said)
    missing = proof.run([proof.REDRESS, "backtest", "--data", data, "--policy", data / "none"])
    same("a file that is not there", missing.returncode, 3)


def prove(month, folder):
    print(f"--- {month.name}")
    data = folder / month.name.replace(" ", "-")
    running = services.Service(data)
    shop.import_month(running, month)
    same("the service stops well", running.stop(), 0)
    requests = sales.Requests(month)
    same("the file has as many requests as the importer", len(requests.found),
         month.summary["requests"])
    before = contents(data)
    reports = {window: compare(data, requests, window) for window in (7, sales.WINDOW, 30)}
    same("the tenant's own window changes nothing", reports[sales.WINDOW]["outcomes"], [])
    check(reports[7]["outcomes"], "a shorter one does")
    formats(data, reports[7], 7)
    refusals(data)
    same("no file of the data folder has changed", contents(data), before)


def returns(month, folder):
    """The same items as returns: windows, and a policy with a window and a fee of its own."""
    data = folder / "returns"
    running = services.Service(data)
    shop.import_month(running, month, "--returns")
    same("the service stops well", running.stop(), 0)
    requests = sales.Requests(month)

    def found(change):
        return outcomes(json.loads(backtest(data, "--format", "json", change=change)))

    for window in (7, 30):
        same(f"{window} days: each return that goes otherwise", found({"returnWindowDays": window}),
             requests.expected(window, "return"))
    rule = {"ruleId": "late", "action": {"eligible": False}, "conditions": [
        {"fact": "days_since_delivery", "operator": "gt", "numbers": [10]}]}
    policy = {"policyId": "trial", "name": "Trial", "rules": [rule],
              "defaultAction": {"eligible": True, "restockingFee": 1000}}
    same("a policy of 10 days that keeps a tenth", found({"policy": policy}),
         requests.under_policy(10, 1000))


def main():
    _, folder = proof.begin(__doc__.splitlines()[0])
    returns(shop.Month, folder)
    for month in shop.months():
        prove(month, folder)


main()
