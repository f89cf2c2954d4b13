#!/usr/bin/env python3
"""Proves that messages are kept and that missed targets are recorded by the running service, once, also
those that ran out while it was dead.

M1, M2 and SLA. The breach tells the intervals that were counted, from which the target in
minutes is counted again here.
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

DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ"


def ago(seconds):
    then = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=seconds)
    return then.strftime(FORMAT)


def instant(text):
    return datetime.datetime.strptime(text, FORMAT)


def case(name, seconds):
    """A case that was opened so many seconds ago."""
    return shop.case(name) | {"occurredAt": ago(seconds)}


def message(name, case_id, role, body, actor):
    return shop.command(f"message-{name}", "PostMessage", {
        "messageId": name, "caseId": case_id, "customerId": "robin", "authorRole": role,
        "body": body}, actor=actor)


def events(running, kind):
    lines = [line["event"] for line in running.get("/v1/events?tenant=acme").lines()
             if "event" in line]
    return [event for event in lines if event["type"] == kind]


def missed(running):
    answer = running.get("/v1/sla?tenant=acme&state=breached").json()
    return sorted((row["caseId"], row["target"]) for row in answer["targets"])


def main():
    _, folder = proof.begin(__doc__)
    running = services.Service(folder / "data")
    names = ["soon", "dead", "answered", "waiting"]
    # Cases of which a history is told: they were opened before now.
    running.accepted(shop.opening() + [shop.command("begin", "BeginImport", {})]
                     + [shop.order(name) for name in names])
    running.accepted([
        shop.command("calendar", "DefineSlaCalendar", {
            "calendarId": "always", "timeZone": "Australia/Lord_Howe",
            "hours": [{"weekday": day, "from": "00:00", "to": "24:00"} for day in DAYS]}),
        shop.command("targets", "SetSlaTargets", {"calendarId": "always", "targets": [
            {"severity": severity, "firstResponseMinutes": 1, "resolutionMinutes": 60}
            for severity in ["low", "normal", "high", "urgent"]]})])
    running.accepted([
        case("soon", 58), case("answered", 50), case("waiting", 50),
        shop.command("end", "EndImport", {})])
    running.accepted([
        message("m1", "answered", "agent", "We are **sorry**. <script>alert(1)</script>", "agent/ann"),
        shop.command("wait", "ChangeCaseStatus", {
            "caseId": "waiting", "status": "awaiting_customer"}, actor="agent/ann")])
    proof.wait_until(lambda: missed(running) == [("soon", "first_response")],
                     "a minute without an answer is missed")
    running.accepted([
        shop.command("begin-2", "BeginImport", {}), case("dead", 57),
        shop.command("end-2", "EndImport", {})])
    running.kill()
    time.sleep(5)
    running.start()
    proof.wait_until(
        lambda: missed(running) == [("dead", "first_response"), ("soon", "first_response")],
        "what ran out while nothing ran is missed now")
    running.accepted([message("m2", "waiting", "buyer", "Here is the photo.", "customer/robin")])
    row = running.get("/v1/cases/waiting?tenant=acme&minPosition="
                      + events(running, "MessagePosted")[-1]["id"]).json()
    same("the buyer's message moves the case on", row["status"], "investigating")
    check("slaFirstResponseDueAt" in row, "and its clocks run again")
    proof.wait_until(lambda: ("waiting", "first_response") in missed(running),
                     "the ten seconds that were left run out")
    early = running.submit([shop.command("early", "RecordSlaBreach", {
        "caseId": "dead", "targetKind": "resolution"}, actor="service/anybody")])[0]
    same("nobody records what has not run out", early["outcome"], "rejected")
    breaches = events(running, "SlaBreached")
    same("each was recorded once", sorted(event["data"]["caseId"] for event in breaches),
         ["dead", "soon", "waiting"])
    for event in breaches:
        data = event["data"]
        counted = sum((instant(one["to"]) - instant(one["from"])).total_seconds()
                      for one in data["intervals"])
        same(f"{data['caseId']}: the intervals come to the target", counted,
             60.0 * data["targetMinutes"])
        same(f"{data['caseId']}: they end when it ran out", data["intervals"][-1]["to"],
             data["dueAt"])
        late = (instant(event["recordedtime"]) - instant(data["dueAt"])).total_seconds()
        check(0 <= late < 60, f"{data['caseId']}: recorded {late:.1f} s after it ran out")
    answered = running.get("/v1/cases/answered?tenant=acme").json()
    same("M1: an answer in time meets the target",
         [target["state"] for target in answered["sla"]], ["met", "open"])
    page = running.get("/tenants/acme/cases/answered").body.decode()
    check("<strong>sorry</strong>" in page and "<script" not in page, "a message is harmless HTML")
    same("the service stops well", running.stop(), 0)


main()
