#!/usr/bin/env python3
"""Proves that support cases between the shop's refunds change nothing about these.

The same month once more, with made-up cases, messages, payouts held back and chargebacks in between: the
refunds come out to the same penny, each story is in the log as it was told, the money of each order adds
up, and the audit agrees.
"""

import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import proof
import service as services
import shop
from proof import check, same

BALANCES = """
  SELECT count(*) FROM orders
  WHERE captured - executed - reserved - disputed < 0 OR executed < 0 OR reserved < 0 OR disputed < 0
"""


def main():
    _, folder = proof.begin(__doc__)
    running = services.Service(folder / "data")
    figures = shop.import_month(running, shop.Month, "--support", "7")
    plain = {name: figures[name] for name in shop.Month.summary}
    same("the refunds are what they are without the stories", plain, shop.Month.summary)
    again = shop.import_month(running, shop.Month, "--support", "7")
    same("the same import once more changes nothing", again, figures)
    proof.wait_until(lambda: not held(running), "the holds whose time is over end")
    same("the service stops well", running.stop(), 0)

    lines = services.events(running.data)
    counts = {}
    for line in lines:
        counts[line["type"]] = counts.get(line["type"], 0) + 1
    same("each case was opened once", counts["CaseOpened"],
         figures["supportCases"] + shop.Month.summary["requests"])
    same("each message was posted once", counts["MessagePosted"], figures["messages"])
    same("each hold was applied once and ended once",
         [counts["PayoutHoldApplied"],
          counts.get("PayoutHoldExpired", 0) + counts.get("PayoutHoldReleased", 0)],
         [figures["holds"]] * 2)
    same("each chargeback was opened once", counts["ChargebackOpened"], figures["chargebacks"])
    check(min(figures["supportCases"], figures["holds"], figures["chargebacks"]) > 0,
          "there is something of everything")
    same("no command was refused but the approvals that R4 forbids", counts["CommandRejected"], 3)
    path = running.data / "read-models" / "OrderBalance.sqlite"
    same("no order's balance is negative",
         proof.output(["sqlite3", "-readonly", path, BALANCES]).strip(), "0")
    verified = proof.run([proof.REDRESS, "verify", "--data", running.data])
    same("the audit agrees", verified.returncode, 0)


def held(running):
    return running.get("/v1/holds?tenant=online-retail").json()["holds"]


main()
