"""A real browser, Chromium from Debian, and what it can say about a page."""

import os
import shutil

import proof

try:
    import playwright.sync_api as playwright
    from axe_playwright_python.sync_playwright import Axe
except ImportError:
    _python = proof.ROOT / ".build" / "browser" / "bin" / "python"
    raise SystemExit(f"run this with {_python}, which tools/setup --test makes") from None

# What WCAG 2.2 asks for at level AA, as far as a program can tell.
RULES = {"runOnly": {"type": "tag", "values": [
    "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}}

_FOCUSED = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const box = element.getBoundingClientRect(), style = getComputedStyle(element);
  return {
    href: element.getAttribute('href'), name: element.textContent.trim().slice(0, 60),
    tag: element.tagName, region: element.className,
    // An outline may be drawn around it, and it must be where one can see it.
    outline: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
      && element.matches(':focus-visible'),
    inside: box.width > 0 && box.height > 0 && box.right > 0 && box.bottom > 0
      && box.left < innerWidth && box.top < innerHeight,
  };
}"""


class Browser:
    """One Chromium; each page in a fresh profile."""

    def __init__(self, cookie):
        """`cookie` is that of a session."""
        self.cookie = dict(zip(("name", "value"), cookie.split("=")))
        path = shutil.which("chromium")
        if path is None:
            proof.fail("chromium is missing: tools/setup --test")
        self.driver = playwright.sync_playwright().start()
        # Chromium cannot separate its processes when all of them are root's.
        options = ["--no-sandbox"] if os.geteuid() == 0 else []
        self.chromium = self.driver.chromium.launch(executable_path=path, args=options)
        self.axe = Axe()
        proof.on_failure(self.close)

    def close(self):
        self.chromium.close()
        self.driver.stop()

    def open(self, address, width=1280, height=900, scheme="light", scripts=True, status=200):
        """Opens a page; what it loads besides itself, or complains about, is a failure."""
        context = self.chromium.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme,
            java_script_enabled=scripts)
        context.add_cookies([{**self.cookie, "url": address, "httpOnly": True, "sameSite": "Strict"}])
        page = context.new_page()
        page.set_default_timeout(15_000)
        loaded, complaints = [], []
        page.on("request", lambda request: loaded.append((request.resource_type, request.url)))
        page.on("console", lambda message: complaints.append(message.text)
                if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        answer = page.goto(address)
        others = [url for kind, url in loaded if kind != "document" and not url.startswith("data:")]
        # Chromium complains of every 404 that it shows.
        complaints = [text for text in complaints if status == 200 or f"status of {status}" not in text]
        if answer.status != status or others or complaints:
            proof.fail(f"{address}: {answer.status}, loads {others}, complains {complaints}")
        return page

    def violations(self, page, except_rules=()):
        """What axe finds, one line for each."""
        found = self.axe.run(page, options=RULES).response["violations"]
        return [f"{rule['id']}: {rule['help']}: {node['html'][:200]} {node['failureSummary'][:300]}"
                for rule in found if rule["id"] not in except_rules for node in rule["nodes"]]


def overflow(page):
    """By how many pixels the page is wider than its window."""
    return page.evaluate(
        "() => Math.max(document.documentElement.scrollWidth, document.body.scrollWidth) - innerWidth")


def walk(page):
    """Everything the Tab key reaches, in order, from the beginning to the end."""
    reached = []
    page.evaluate("() => { scrollTo(0, 0); document.activeElement.blur(); }")
    for _ in range(500):
        page.keyboard.press("Tab")
        focused = page.evaluate(_FOCUSED)
        if focused is None:
            return reached
        reached.append(focused)
    proof.fail("the Tab key never comes to the end of the page")


def links(page):
    """The targets of all links, in order."""
    return page.eval_on_selector_all("a[href]", "all => all.map(a => a.getAttribute('href'))")
