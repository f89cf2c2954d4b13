#!/usr/bin/env python3
"""Proves in a real browser that what a customer wrote cannot reorder what a page says about it.

A case's title and an item's override the direction of what follows, or are Hebrew. Each word of the page is
drawn from left to right; each is in its place beside an override, and in its cell beside Hebrew, whose own
sentence is laid out from right to left.
"""

import os
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".build" / "browser" / "bin" / "python"
if PYTHON.exists() and pathlib.Path(sys.prefix) != PYTHON.parents[1]:
    os.execv(PYTHON, [str(PYTHON), *sys.argv])

sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "Tests" / "Conformance" / "support"))
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import browser as browsers
import proof
import service as services
import shop
from proof import check

OVERRIDE, HEBREW = "\u202e\u2067evil\u202b", "\u05e9\u05dc\u05d5\u05dd 12"

# Where each character of a word is drawn, in each text of the page that has the word.
DRAWN = """word => {
  const places = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const start = node.data.indexOf(word);
    if (start < 0) continue;
    places.push([...word].map((_, index) => {
      const range = document.createRange();
      range.setStart(node, start + index);
      range.setEnd(node, start + index + 1);
      return range.getBoundingClientRect().left;
    }));
  }
  return places;
}"""


def in_order(page, sentence, *words):
    """Each word is drawn from left to right, and after the one before."""
    page.add_style_tag(content="* { white-space: nowrap !important }")
    end = -1
    for word in words:
        places = page.evaluate(DRAWN, word)
        after = [place for place in places if place == sorted(place) and place[0] > end]
        check(after and all(place == sorted(place) for place in places),
              f"{sentence}: {word} is drawn from left to right, in its place", (end, places))
        end = after[0][-1]


def main():
    _, folder = proof.begin(__doc__.splitlines()[0])
    running = services.Service(folder / "data", pages=True)
    running.accepted(shop.opening())
    for name, text in (("o", OVERRIDE), ("7", HEBREW)):
        case = shop.case(name)
        case["data"]["title"] = text
        running.accepted([shop.order(name, title=text), case, shop.request(name, reason=text)])
    last = running.submit([shop.order("last")])[0]["events"][-1]["position"]
    for rows in ("refunds", "cases"):
        running.get(f"/v1/{rows}?tenant=acme&minPosition={last}")
    browser = browsers.Browser(running.cookie)
    for path, words, cells in (
            ("explain/case/{}", ["CaseOpened", ", product", "about order"], ["CaseOpened", "about order"]),
            ("explain/refund/{}", ["line 1:", "6.78"], ["line 1:", "6.78"]),
            ("cases", ["({})", "robin"], ["({})", "robin"])):
        for name, places in (("o", words), ("7", cells)):
            page = browser.open(f"{running.address}/tenants/acme/{path.format(name)}")
            in_order(page, path.format(name), *(word.format(name) for word in places))
            page.context.close()
    browser.close()


main()
