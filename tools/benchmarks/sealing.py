"""Sealing: how small full segments become, beside one file of the same lines, and how fast."""

import subprocess
import time

import mix
from programs import HERE, REDRESS, Service, output

# The nine months of a real shop, beside the repository where its maintainers work.
SHOP = HERE.parents[2] / "shared" / "data" / "online-retail-2010-12-to-2011-08.csv.zst"


def measure(bench):
    lives = 30_000 if bench.quick else 60_000
    measure_one(bench, "lives of refunds", lambda service: service.load(
        bench.commands(lives * mix.LIFE_COMMAND_COUNT, lambda run, _: mix.lives(run, lives)), 4, 500))
    if SHOP.exists():
        output("swift", "build", "-c", "release", "--product", "online-retail")
        importer = REDRESS.parent / "online-retail"
        measure_one(bench, "a real shop's nine months", lambda service: output(
            importer, "--file", SHOP, "--socket", service.socket))


def measure_one(bench, what, fill):
    bench.say(f"sealing {what}")
    service = Service(bench.path())
    service.start()
    service.load(bench.registration(), 1)
    fill(service)
    service.stop()
    before = sealed(service)
    begin = time.monotonic()
    output(REDRESS, "log", "seal", "--data", service.data)
    seconds = time.monotonic() - begin
    segments = sealed(service)
    byte_count = sum(path.stat().st_size for path in segments)
    lines = int(output("sh", "-c", 'zstd -dcq "$@" | wc -c', "sh", *segments))
    whole = int(output("sh", "-c", 'zstd -dcq "$@" | zstd -19 -cq | wc -c', "sh", *segments))
    bench.table.compare(
        f"sealed segments, {what}, {lines / 1e6:.0f} MB of lines", "MB", [byte_count / 1e6],
        "zstd -19, one file", [whole / 1e6], target="≤ 1.25 × zstd -19", at_most=1.25)
    if not before:
        bench.table.add(f"sealing on one core, {what}", lines / 1e6 / seconds, "MB/s")
    subprocess.run(["rm", "-rf", service.data], check=True)


def sealed(service):
    """The sealed segments; a sealed one is read-only."""
    return sorted(
        path for path in (service.data / "log").glob("*.zst") if not path.stat().st_mode & 0o200)
