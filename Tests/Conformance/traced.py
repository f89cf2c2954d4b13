#!/usr/bin/env python3
"""Proves that one trace (W3C Trace Context) leads from a request over its events to the payment, and that
the history is otherwise what it was: lines without a trace have no new attribute, and every line verifies.
"""

import json
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import proof
import service as services
import shop
from proof import check, same

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
LATER = "cc" + TRACE[2:] + "-more"
MALFORMED = [TRACE.upper(), TRACE + "0", "00-" + "0" * 32 + TRACE[35:], "robin@example.com", ""]


def submit(running, command, traceparent=None):
    headers = {"Content-Type": "application/json"}
    if traceparent is not None:
        headers["traceparent"] = traceparent
    answer = running.request("POST", "/v1/commands", json.dumps(command).encode(), headers)
    same(f"{command['id']} with the trace {traceparent!r}", answer.status, 200)
    return answer.json()["events"]


def main():
    _, folder = proof.begin(__doc__)
    running = services.Service(folder / "data")
    running.accepted(shop.opening())
    submit(running, shop.order("1"), LATER)
    submit(running, shop.case("1"))
    submit(running, shop.request("1"))
    first = submit(running, shop.approve("1"), TRACE)
    same("the same command with another trace gets the first outcome",
         submit(running, shop.approve("1"), LATER), first)
    for number, text in enumerate(MALFORMED):
        submit(running, shop.order(f"m{number}"), text)
    proof.wait_until(
        lambda: any(event["type"] == "RefundLegSettled" for event in services.events(running.data)),
        "the refund is paid")
    same("it stops", running.stop(), 0)

    events = [event for event in services.events(running.data)
              if not event["source"].endswith("/_system")]
    traced = [event for event in events if "traceparent" in event]
    same("every trace is the one that was sent", {event["traceparent"] for event in traced}, {TRACE})
    same("the approval, the payment's start and its end have it, and the request has none",
         [(event["type"], "traceparent" in event) for event in events
          if event["subject"] == "refund/1"],
         [("RefundRequested", False), ("RefundApproved", True), ("RefundExecutionStarted", True),
          ("RefundLegSettled", True)])
    callers = {event["commandid"] for event in traced if not event["commandid"].startswith("_")}
    same("a malformed trace is ignored, and nothing else has one", callers, {"order-1", "approve-1"})
    keys = list(next(event for event in events if event["type"] == "RefundLegSettled"))
    same("it is the last key before the data", keys[-2:], ["traceparent", "data"])
    verified = proof.run([proof.REDRESS, "verify", "--data", running.data])
    same("redress verify finds nothing", verified.returncode, 0)


if __name__ == "__main__":
    main()
