"""The table that comes out: what was measured, with what it is compared, and whether that is enough."""

import json
import statistics


def median(values):
    return statistics.median(values)


def shown(number):
    if number is None:
        return ""
    if abs(number) >= 100:
        return f"{number:,.0f}"
    return f"{number:.3g}"


class Table:
    def __init__(self):
        self.rows = []

    def add(self, what, value, unit, beside=None, beside_value=None, ratio=None, target=None,
            is_met=None, **details):
        """A row; the details go into bench.json only."""
        self.rows.append({
            "what": what, "value": value, "unit": unit, "beside": beside,
            "besideValue": beside_value, "ratio": ratio, "target": target, "isMet": is_met,
            **details})

    def compare(self, what, unit, values, beside, beside_values, target=None, at_least=None,
                at_most=None, **details):
        """A row about values that were measured in turns with others."""
        ratios = [a / b for a, b in zip(values, beside_values)]
        ratio = median(ratios)
        is_met = None
        if at_least is not None or at_most is not None:
            is_met = (at_least or 0) <= ratio <= (at_most or float("inf"))
        self.add(
            what, median(values), unit, beside, median(beside_values), ratio, target, is_met,
            rounds=values,
            besideRounds=beside_values, ratioRange=[min(ratios), max(ratios)], **details)

    def markdown(self):
        lines = [
            "| what | measured | beside | ratio | target | met |", "|---|--:|---|--:|---|---|"]
        for row in self.rows:
            beside = row["beside"] or ""
            if row["besideValue"] is not None:
                beside += f": {shown(row['besideValue'])}"
            met = {None: "", True: "yes", False: "**no**"}[row["isMet"]]
            ratio = shown(row["ratio"])
            if "ratioRange" in row:
                # Where a machine is busy the median alone would promise too much.
                ratio += f" ({shown(row['ratioRange'][0])}–{shown(row['ratioRange'][1])})"
            lines.append(
                f"| {row['what']} | {shown(row['value'])} {row['unit']} | {beside} "
                f"| {ratio} | {row['target'] or ''} | {met} |")
        return "\n".join(lines) + "\n"

    def json(self, **about):
        return json.dumps({**about, "rows": self.rows}, indent=2) + "\n"
