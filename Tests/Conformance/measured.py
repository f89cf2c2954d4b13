#!/usr/bin/env python3
"""Proves that the metrics are what Prometheus takes, and that they count and time what happened.

promtool (Debian's package prometheus) reads them. Requests and commands are sent, and the counters must
grow by as many; a histogram's buckets must be cumulative.
"""

import os
import pathlib
import re
import shutil
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import proof
import service as services
import shop
from proof import check, same


def series(running):
    """The value of each series, by its name with labels."""
    text = running.get("/metrics").body.decode()
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return text, {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in lines}


def judged(text):
    """promtool finds no mistake."""
    promtool = os.environ.get("PROMTOOL") or shutil.which("promtool")
    if promtool is None:
        return proof.skip("promtool is missing: apt-get install prometheus")
    result = proof.run([promtool, "check", "metrics"], input=text.encode())
    check(result.returncode == 0 and not result.stderr.strip(), "promtool finds no mistake",
          (result.stdout + result.stderr).decode())


def cumulative(values):
    """Each histogram's buckets grow with their bound, and the last one is the count."""
    buckets = {}
    for name, value in values.items():
        match = re.fullmatch(r"(\w+)_bucket\{(.*?),?le=\"([^\"]+)\"\}", name)
        if match:
            buckets.setdefault((match[1], match[2]), []).append((float(match[3]), value))
    check(buckets, "there are histograms", list(values)[:5])
    for (name, labels), found in buckets.items():
        counts = [count for _, count in sorted(found)]
        total = values[f"{name}_count{{{labels}}}" if labels else f"{name}_count"]
        if counts != sorted(counts) or counts[-1] != total:
            proof.fail(f"{name}{{{labels}}}: {found}, count {total}")
    check(True, f"{len(buckets)} histograms are cumulative")


def main():
    _, folder = proof.begin(__doc__)
    running = services.Service(folder / "data")
    running.accepted(shop.opening())
    running.accepted([shop.order(str(number)) for number in range(10)])
    for number in range(5):
        running.get(f"/v1/refunds/none-{number}")
    text, values = series(running)
    judged(text)
    cumulative(values)
    refunds = 'method="GET",route="/v1/refunds/{refundId}"'
    same("five requests of one route, whatever they named",
         values[f'redress_http_requests_total{{{refunds},status="404"}}'], 5)
    same("and as many times", values[f"redress_http_request_duration_seconds_count{{{refunds}}}"], 5)
    orders = [name for name in values if name.startswith("redress_command_outcomes_total")
              and "Order" in name and 'outcome="accepted"' in name]
    same("ten orders were accepted", sum(values[name] for name in orders), 10)
    same("all commands by type are all by outcome",
         sum(value for name, value in values.items()
             if name.startswith("redress_command_outcomes_total")),
         sum(value for name, value in values.items()
             if name.startswith("redress_commands_total") and "malformed" not in name))
    check(values["redress_log_sync_duration_seconds_count"] > 0, "syncs are timed")
    check(values["redress_log_sync_duration_seconds_sum"] > 0, "and took some time")
    same("nothing waits", (values["redress_sequencer_queue_commands"],
                           values["redress_log_queue_bytes"]), (0, 0))
    version = proof.output([proof.REDRESS, "--version"]).split()[1]
    check(any(name.startswith(f'redress_build_info{{version="{version}"') for name in values),
          f"the build is {version}, as --version says")


if __name__ == "__main__":
    main()
