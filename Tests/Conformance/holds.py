#!/usr/bin/env python3
"""Proves that the running service ends payout holds in time, also those that ended while it was away.

H2: at most one minute late. The case, the order and the audit agree with what is told.
"""

import datetime
import pathlib
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import proof
import service as services
import shop
from proof import check, same


def within(seconds):
    end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return end.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def hold(name, seconds):
    return shop.command(f"hold-{name}", "ApplyPayoutHold", {
        "holdId": name, "caseId": "held", "orderId": "held", "amount": 100,
        "expiresAt": within(seconds), "reason": "Claimed as broken"}, actor="agent/ann")


def status(running, name):
    answer = running.get(f"/v1/holds/{name}?tenant=acme")
    return answer.json()["status"] if answer.status == 200 else None


def main():
    _, folder = proof.begin(__doc__)
    running = services.Service(folder / "data")
    running.accepted(shop.opening() + [shop.order("held"), shop.case("held")])
    running.accepted([hold("soon", 2), hold("away", 3), hold("late", 3600)])
    proof.wait_until(lambda: status(running, "soon") == "expired", "the hold of two seconds ends")
    same("the service stops well", running.stop(), 0)
    time.sleep(3)
    running.start()
    proof.wait_until(
        lambda: status(running, "away") == "expired", "what ended while nothing ran ends now")
    same("a hold of an hour goes on", status(running, "late"), "applied")
    answer = running.submit([shop.command(
        "early", "ExpirePayoutHold", {"holdId": "late"}, actor="agent/ann")])[0]
    same("nobody ends it before its time", answer["outcome"], "rejected")
    released = running.accepted([shop.command(
        "release", "ReleasePayoutHold", {"holdId": "late"}, actor="agent/ann")])
    lines = [line["event"] for line in running.get("/v1/events?tenant=acme").lines()
             if "event" in line]
    expired = [event for event in lines if event["type"] == "PayoutHoldExpired"]
    same("each ended once", sorted(event["data"]["holdId"] for event in expired), ["away", "soon"])
    for event in expired:
        late = (datetime.datetime.fromisoformat(event["recordedtime"].replace("Z", "+00:00"))
                - datetime.datetime.fromisoformat(
                    event["data"]["expiresAt"].replace("Z", "+00:00"))).total_seconds()
        check(0 <= late < 60, f"{event['data']['holdId']} ended {late:.1f} s late")
    last = released[0]["events"][-1]["position"]
    case = running.get(f"/v1/cases/held?tenant=acme&minPosition={last}").json()
    same("the case tells each", [
        (entry["type"], entry["note"]) for entry in case["timeline"] if "Hold" in entry["type"]], [
        ("CaseHoldApplied", "soon"), ("CaseHoldApplied", "away"), ("CaseHoldApplied", "late"),
        ("CaseHoldEnded", "soon expired"), ("CaseHoldEnded", "away expired"),
        ("CaseHoldEnded", "late released")])
    freed = [event["data"]["amount"] for event in lines if event["type"] == "OrderPayoutFreed"]
    same("the order is told of each", freed, [100] * 3)
    same("the service stops well", running.stop(), 0)


main()
