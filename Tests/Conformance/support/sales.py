"""What the real shop's sales file says by itself, read by Python, without the importer and without a log:
which cancellation takes back which purchase, what it comes to, and how many days lie between the two."""

import csv
import datetime
import decimal
import io

import proof

# The return window of the tenant that the importer registers, in days.
WINDOW = 14


def pence(price):
    """Decimal pounds, rounded half away from zero."""
    return int((decimal.Decimal(price) * 100).quantize(decimal.Decimal(1), decimal.ROUND_HALF_UP))


def customer(row):
    """`17850` of `17850.0` and of `17850`."""
    return row["CustomerID"].removesuffix(".0")


def day(text):
    return datetime.datetime.strptime(text, "%Y-%m-%d %H:%M:%S").date()


def rows(month):
    return csv.DictReader(io.StringIO(proof.shell('zstd -dcq "$1"', str(month.file)), newline=""))


class Requests:
    """What each cancellation takes back of each order: {(cancellation, order): [pence, days]}."""

    def __init__(self, month):
        self.purchases = {}  # (customer, article) -> [[order, price, units left]], the oldest first
        self.order_days, self.cancellation_days = {}, {}
        self.found = {}
        for row in rows(month):
            invoice = row["InvoiceNo"]
            if invoice.isdigit():
                self.sell(invoice, row)
            elif invoice.startswith("C"):
                self.take_back(invoice, row)

    def sell(self, invoice, row):
        units = int(row["Quantity"])
        if units <= 0 or decimal.Decimal(row["UnitPrice"]) <= 0:
            return
        self.order_days.setdefault(invoice, day(row["InvoiceDate"]))
        if row["CustomerID"]:
            key = customer(row), row["StockCode"]
            self.purchases.setdefault(key, []).append([invoice, pence(row["UnitPrice"]), units])

    def take_back(self, invoice, row):
        when = self.cancellation_days.setdefault(invoice, day(row["InvoiceDate"]))
        wanted = -int(row["Quantity"])
        lines = self.purchases.get((customer(row), row["StockCode"]), [])
        if not row["CustomerID"] or wanted <= 0 or sum(line[2] for line in lines) < wanted:
            return
        for line in reversed(lines):
            units = min(wanted, line[2])
            if units == 0:
                continue
            line[2] -= units
            wanted -= units
            days = (when - self.order_days[line[0]]).days
            request = self.found.setdefault((invoice, line[0]), [0, days])
            request[0] += units * line[1]

    def expected(self, window, kind="refund"):
        """{refund or return: (effect, pence)} where another window than the tenant's decides otherwise."""
        return {
            f"{kind}/{cancellation}-{order}":
                ("refusedNow" if days <= WINDOW else "allowedNow", amount)
            for (cancellation, order), (amount, days) in self.found.items()
            if (days <= WINDOW) != (days <= window)}

    def under_policy(self, window, basis_points):
        """The same where a policy excludes what comes later, and keeps a part of the rest."""
        return {
            f"return/{cancellation}-{order}":
                ("otherAmount", -((amount * basis_points + 5_000) // 10_000)) if days <= window
                else ("refusedNow", amount)
            for (cancellation, order), (amount, days) in self.found.items()}
