"""The rule book alone: deciding the commands of a refund's life, and folding what was decided."""

from programs import REDRESS_BENCH, measured
from table import median

LIFE_COUNT = 20_000


def measure(bench):
    lives, events = (200, 100_000) if bench.quick else (LIFE_COUNT, 10_000_000)
    rounds = [
        measured(REDRESS_BENCH, "domain", f"lives={lives}", f"events={events}")
        for _ in range(bench.rounds)]
    rates = [result["eventsPerSecond"] for result in rounds]
    bench.table.add(
        f"folding {events:,} decoded events, one core", median(rates), "events/s",
        target="≥ 500,000", is_met=median(rates) >= 500_000, rounds=rates,
        distinctEvents=rounds[0]["distinctEvents"])
    for name in sorted(rounds[0]["milliseconds"]):
        times = [result["milliseconds"][name]["p50"] * 1000 for result in rounds]
        if name in ("RegisterTenant", "AddAgent"):
            continue
        bench.table.add(
            f"deciding {name}, median", median(times), "µs", target="< 20 µs",
            is_met=median(times) < 20, rounds=times,
            p99=[result["milliseconds"][name]["p99"] * 1000 for result in rounds])
