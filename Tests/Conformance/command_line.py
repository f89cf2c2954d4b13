#!/usr/bin/env python3
"""Proves that help, completions and manual pages of `redress` say the same, and that a mistyped word is
answered with the right one.

The list of subcommands is that of `redress --help`. bash, zsh and fish read their completions, man reads
the pages; what is not installed is skipped.
"""

import pathlib
import re
import shutil
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import proof
from proof import check, same

ASKED = re.compile(r'\barguments\.\w+\(\s*"(--[a-z-]+)"')


def redress(*words):
    return proof.output([proof.REDRESS, *words])


def options_of(help_text):
    return re.findall(r"^  (--[a-z-]+)", help_text, re.M)


def mistyped(words, *said):
    result = proof.run([proof.REDRESS, *words])
    text = result.stderr.decode()
    check(result.returncode == 2 and all(word in text for word in said),
          f"redress {' '.join(words)}: 2, {text.splitlines()[0] if text else ''}",
          f"{result.returncode} {text!r}")


def helps():
    """The help of each subcommand, by name."""
    names = re.findall(r"^  ([a-z-]+)  ", redress("--help"), re.M)
    check(len(names) > 20, f"{len(names)} subcommands have a line in redress --help", names)
    texts = {name: redress(name, "--help") for name in names}
    for name, text in texts.items():
        if f"Usage: redress {name}" not in text or "Exit codes:" not in text:
            proof.fail(f"redress {name} --help has no usage or no exit codes: {text}")
        if redress("help", name) != text:
            proof.fail(f"redress help {name} says something else than redress {name} --help")
    check(True, "each has help with usage and exit codes, by either way of asking")
    return texts


def options(texts):
    """What the source asks for and what the help names are the same options."""
    sources = (proof.ROOT / "Sources" / "redress").rglob("*.swift")
    asked = {name for file in sources for name in ASKED.findall(file.read_text(encoding="utf-8"))}
    # Those of the service are declared in one list, which redress settings shows.
    data = pathlib.Path(FOLDER) / "data"
    redress("init", "--data", data)
    asked |= set(re.findall(r" (--[a-z-]+)", redress("settings", "--data", data)))
    named = {name for text in texts.values() for name in options_of(text)}
    same("the options that are read are those that the help names", sorted(asked), sorted(named))


def bash(texts):
    script = redress("completions", "bash")
    def completes(*words):
        line = " ".join(f"'{word}'" for word in words)
        return proof.shell(
            f'source "$1"; COMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; _redress; '
            'printf "%s\\n" "${COMPREPLY[@]}"', file).split()
    file = pathlib.Path(FOLDER) / "completion.bash"
    file.write_text(script)
    same("bash completes a subcommand", completes("redress", "stat"), ["status"])
    same("bash completes a verb", completes("redress", "keys", "rot"), ["rotate"])
    for name, text in texts.items():
        missing = set(options_of(text)) - set(completes("redress", name, "--"))
        if missing:
            proof.fail(f"bash does not complete {missing} of redress {name}")
    check(True, "bash completes every option of every subcommand")


def other_shells():
    for shell, check_option in (("zsh", "-n"), ("fish", "--no-execute")):
        file = pathlib.Path(FOLDER) / f"completion.{shell}"
        file.write_text(redress("completions", shell))
        if shutil.which(shell) is None:
            proof.skip(f"{shell} is not installed")
            continue
        proof.output([shell, check_option, file])
        check(True, f"{shell} reads its completions")
    if shutil.which("fish"):
        file = pathlib.Path(FOLDER) / "completion.fish"
        found = proof.output(
            ["fish", "--no-config", "-c", f"source {file}; complete -C'redress keys --acc'"])
        check("--access-token" in found, "fish completes an option", found)


def pages(texts):
    folder = pathlib.Path(FOLDER) / "man1"
    folder.mkdir()
    redress("man", "--into", folder)
    same("there is a page for redress and for each subcommand",
         sorted(page.name for page in folder.iterdir()),
         sorted(["redress.1", *(f"redress-{name}.1" for name in texts)]))
    if shutil.which("man") is None or shutil.which("groff") is None:
        return proof.skip("man or groff is not installed")
    for name, text in texts.items():
        result = proof.run(["man", "--warnings=w", "-l", folder / f"redress-{name}.1"],
                           env={"MANWIDTH": "200", "LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"})
        shown = re.sub(r"\s+", " ", result.stdout.decode())
        missing = [option for option in options_of(text) if option not in shown]
        if result.returncode or result.stderr.strip() or missing:
            proof.fail(f"man shows redress-{name}.1 without {missing}: {result.stderr.decode()}")
        sentence = re.sub(r"\s+", " ", text.split("\n\n")[0])
        if sentence not in shown:
            proof.fail(f"man does not show of redress-{name}.1: {sentence}\n{shown[:2000]}")
    check(True, "man shows every page, with each option and without a warning")


def main():
    global FOLDER
    _, FOLDER = proof.begin(__doc__)
    check(re.fullmatch(r"redress \d+\.\d+\.\d+\n", redress("--version")), "--version is one line")
    texts = helps()
    options(texts)
    mistyped(["statsu"], "statsu", "did you mean status?")
    mistyped(["help", "servr"], "did you mean serve?")
    mistyped(["status", "--dta", "x"], "--dta", "did you mean --data?")
    mistyped(["init", "--data=new", "--log-nmae=x"], "--log-nmae=x", "did you mean --log-name?")
    mistyped(["completions", "tcsh"], "tcsh", "bash, zsh, fish")
    mistyped(["frobnicate"], "frobnicate", "--help")
    bash(texts)
    other_shells()
    pages(texts)


if __name__ == "__main__":
    main()
