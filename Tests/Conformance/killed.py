#!/usr/bin/env python3
"""Proves that nothing acknowledged is lost, and nobody paid twice, when the service is killed.

Ten times in the middle of an import, and three times while it starts, the service gets SIGKILL; the
importer is simply run again. At the end the figures are right to the penny, the simulated provider's
books say the same as the log, and no command took effect twice.
"""

import pathlib
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import proof
import service as services
import shop
from proof import same

LOG_FIGURES = """
  reduce inputs as {type: $type, data: $data} ([0, 0];
    if $type == "RefundLegSettled" then [.[0] + 1, .[1] + $data.amount] else . end)
  | "\\(.[0]) \\(.[1])"
"""


def kill_during_import(running, month, is_there, random):
    """Starts the importer and kills the service once it is there, and a little later."""
    importer = shop.start_import(running, month)
    proof.wait_until(
        lambda: is_there() or importer.poll() is not None,
        "the import gets there", seconds=300, interval=0.001)
    time.sleep(random.uniform(0, 0.03))
    running.kill()
    importer.communicate(timeout=60)
    if importer.returncode not in (0, 69, 70):
        proof.fail(f"the importer ends with {importer.returncode}")
    return importer.returncode != 0


def kill_during_start(running, random):
    running.start(wait=False)
    time.sleep(random.uniform(0, 0.3))
    running.kill()


def books(data):
    """The provider's payments: {idempotency key: pence}, and how many lines there are."""
    path = data / "simulated-provider.tsv"
    # What follows the last newline is being written.
    lines = path.read_text().split("\n")[:-1] if path.exists() else []
    paid = [line.split("\t") for line in lines if line.startswith("paid\t")]
    return {fields[1]: int(fields[3]) for fields in paid}, len(lines)


def nothing_twice(data):
    log = 'zstd -dcq "$1"/log/*.zst'
    # One run of adjacent lines for each command: uniq joins what is adjacent, sort what is not.
    twice = proof.shell(f"{log} | jq -r .commandid | uniq | sort | uniq -d", str(data))
    same("every command's events are one contiguous commit", twice, "")
    settled = 'select(.type == "RefundLegSettled").data | .refundId + "/" + .paymentId'
    twice = proof.shell(f"{log} | jq -r '{settled}' | sort | uniq -d", str(data))
    same("no leg of a refund was settled twice", twice, "")


def executed_count(data):
    """Of the shop's refunds each has one leg, because each order has one payment."""
    return int(proof.shell(
        'zstd -dcq "$1"/log/*.zst | jq -r "select(.type == \\"RefundLegSettled\\").id" | wc -l',
        str(data)))


def main():
    random, folder = proof.begin(__doc__)
    month = shop.months()[-1]
    print(f"--- {month.name}")
    data = folder / "data"
    running = services.Service(data)
    sizes = sorted(random.uniform(0.02, 0.9) * month.log_size for _ in range(6))
    moments = [lambda size=size: services.log_size(data) >= size for size in sizes]
    # Payments begin when the history is told.
    moments += [lambda: books(data)[1] > paid_before] * 4
    starts = set(random.sample(range(10), 3))
    interrupted = 0
    for number, is_there in enumerate(moments):
        paid_before = books(data)[1] + random.randrange(60)
        interrupted += kill_during_import(running, month, is_there, random)
        print(f"    killed with {services.log_size(data)} bytes of log, {books(data)[1]} payments")
        if number in starts:
            kill_during_start(running, random)
            print("    killed while starting")
        running.start()
    # What is tried again after a pause, the importer does not wait for, so it may end before.
    proof.check(interrupted >= 5, f"{interrupted} of 10 kills interrupted an import")

    shop.import_month(running, month)
    # What never reached the provider is paid at a second attempt, after a pause that the importer does
    # not wait for.
    proof.wait_until(lambda: executed_count(data) >= month.summary["executed"],
                     "every approved refund is paid", seconds=60, interval=1)
    same("the importer ends with the right figures", shop.import_month(running, month),
         month.summary)
    count, amount = proof.shell(
        'zstd -dcq "$1"/log/*.zst | jq -nr "$2"', str(data), LOG_FIGURES).split()
    same("the log executed the same", (int(count), int(amount)),
         (month.summary["executed"], month.summary["executedAmount"]))
    unknown = proof.shell(
        'zstd -dcq "$1"/log/*.zst | jq -r "select(.type == \\"RefundLegOutcomeUnknown\\").id" | wc -l',
        str(data))
    print(f"    {int(unknown)} payments were interrupted and reconciled")
    paid, lines = books(data)
    same("the provider's books have one line for each payment", len(paid), lines)
    same("the provider paid exactly what was executed", (len(paid), sum(paid.values())),
         (int(count), int(amount)))
    nothing_twice(data)
    proof.output([proof.REDRESS, "verify", "--data", data])
    proof.check(True, "the log verifies beside the service")
    same("the service stops well", running.stop(), 0)
    proof.output([proof.REDRESS, "verify", "--data", data])
    proof.check(True, "and after it")


main()
