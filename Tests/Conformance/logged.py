#!/usr/bin/env python3
"""Proves that what the service says to its operator is structured, once for each failure, and names no
person.

Names, addresses and words of persons are planted in commands, requests and headers, right and wrong ones;
then every line is read as JSON and searched for them. A failure that lasts is one line.
"""

import json
import pathlib
import signal
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import proof
import service as services
import shop
from proof import check, same

NAMES = ["Zebulon", "Quartermain", "zebulon.q@planted.example", "planted-words"]
LEVELS = {"info", "warning", "error"}


def plant(running):
    """Sends what holds the names in every place that a caller can write to."""
    mail = NAMES[2]
    words = {"text": f"{NAMES[3]} of {NAMES[0]} {NAMES[1]}"}
    message = {"id": "m-1", "tenant": "acme", "type": "RecordMessage",
               "data": {"caseId": "case-1", "messageId": "m-1", **words}}
    for command in (message, {**message, "id": mail}, {**message, "type": NAMES[0]}, words):
        running.request("POST", "/v1/commands", json.dumps(command).encode(),
                        {"Content-Type": "application/json"})
    running.request("POST", "/v1/commands", f'{{"{NAMES[0]}'.encode(),
                    {"Content-Type": "application/json"})
    for target in (f"/v1/{NAMES[0]}", f"/v1/refunds/{mail}", f"/v1/refunds?customer={mail}",
                   f"/tenants/{NAMES[0]}/refunds"):
        running.get(target)
    running.request("GET", "/v1/refunds", None, {"X-Request-Id": mail, "User-Agent": NAMES[0]})
    running.request("GET", "/v1/refunds", None, {"Authorization": f"Bearer {NAMES[0]}"})
    running.request("GET", "/v1/refunds", None, {"Cookie": f"redress={NAMES[0]}"})


def main():
    _, folder = proof.begin(__doc__)
    running = services.Service(folder / "data", "--log-format", "json")
    running.accepted(shop.opening())
    running.accepted([shop.order("1"), shop.case("1")])
    plant(running)

    # A table of the records is away, so that no draft can be given.
    records = running.data / "operations.sqlite"
    proof.output(["sqlite3", records, "ALTER TABLE drafts RENAME TO away"])
    ids = set()
    for number in range(20):
        answer = running.request(
            "GET", "/v1/drafts/d1?tenant=acme", None, {"X-Request-Id": f"mine-{number}"})
        same(f"failure {number} answers 500 with its id",
             (answer.status, answer.json().get("requestId"), answer.headers.get("x-request-id")),
             (500, f"mine-{number}", f"mine-{number}"))
        ids.add(answer.json()["requestId"])
    proof.output(["sqlite3", records, "ALTER TABLE away RENAME TO drafts"])
    metrics = running.get("/metrics")
    same("the metrics are there", metrics.status, 200)
    counted = [line for line in metrics.body.decode().splitlines()
               if line.startswith('redress_log_lines_total{level="error"}')]
    check(counted and float(counted[0].split()[1]) >= 20, "every failure is counted", counted)
    running.process.send_signal(signal.SIGHUP)
    proof.wait_until(lambda: "was read again" in running.words(), "SIGHUP is answered")
    same("it stops", running.stop(), 0)

    text = running.words()
    lines = [json.loads(line) for line in text.splitlines()]
    check(len(lines) > 3 and all(
        set(line) >= {"time", "level", "component", "message"} and line["level"] in LEVELS
        for line in lines), "every line is one JSON object with its parts", text)
    failures = [line for line in lines if line.get("requestId") in ids]
    same("20 failures are one line, with the first id",
         [line["requestId"] for line in failures if "repeated" not in line], ["mine-0"])
    same("and at the end how many more there were",
         [line["repeated"] for line in failures if "repeated" in line], [19])
    for name in NAMES:
        check(name.lower() not in text.lower(), f"no line names {name}", text)


if __name__ == "__main__":
    main()
