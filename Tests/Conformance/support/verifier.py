"""tools/verify-log, as a program and as a module, and small logs for it to judge."""

import importlib.machinery
import importlib.util
import struct
import subprocess

import proof
import segments
import service as services
import shop
from proof import same

TOOL = proof.ROOT / "tools" / "verify-log"


def load_tool():
    """verify-log as a module, since starting Python for every byte would take an hour."""
    loader = importlib.machinery.SourceFileLoader("verify_log", str(TOOL))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("verify_log", loader))
    loader.exec_module(module)
    return module


def run(*arguments):
    result = proof.run([TOOL, *arguments])
    return result.returncode, result.stdout.decode() + result.stderr.decode()


def compressed(text):
    """A frame that tells its content's size."""
    return subprocess.run(["zstd", "-cq", f"--stream-size={len(text)}"], input=text,
                          capture_output=True, check=True).stdout


def forged(tool, whole, change):
    """The log after `change(lines)`, every length, checksum and chain value made to fit again."""
    lines = subprocess.run(["zstd", "-dcq"], input=whole, capture_output=True,
                           check=True).stdout.split(b"\n")[:-1]
    lines, chain, content = change(list(lines)), bytes(32), b""
    for record in segments.records(whole):
        header = tool.Record(whole, record.start)
        header.read_tables()
        taken, lines = lines[:record.event_count], lines[record.event_count:]
        start, frame = 0, b""
        for _, count in header.commits:
            leaves = [tool.leaf_hash(line) for line in taken[start:start + count]]
            chain, start = tool.hashlib.sha256(chain + b"".join(leaves)).digest(), start + count
        text = b"".join(line + b"\n" for line in taken)
        if taken:
            frame = compressed(text)
        fixed = bytearray(whole[record.start:record.start + 84])
        crc = tool.crc32c(frame) if taken else 0
        struct.pack_into("<III32s", fixed, 40, len(text), len(frame), crc, chain)
        fixed += struct.pack("<I", tool.crc32c(fixed))
        fixed += whole[record.start + 88:header.frame_at - 5]
        content += fixed + struct.pack("<I", tool.crc32c(fixed)) + b"\x45" + frame
    return content


def small_log(folder, name, orders, lines=1):
    data = folder / name
    running = services.Service(data)
    running.accepted(shop.opening())
    running.accepted(shop.opening("zeta"))
    for order in orders:
        # One at a time, so that each has a frame of its own.
        for command in (shop.order(order, lines=lines), shop.case(order), shop.request(order)):
            running.accepted([command])
    same(f"the service on {name} stops well", running.stop(), 0)
    vkeys = proof.output([proof.REDRESS, "keys", "show", "--data", data]).split()
    return data, [word for word in vkeys if word.count("+") >= 2]


class Judge:
    """Calls verify-log in this process."""

    def __init__(self, tool, keys):
        self.tool, self.keys = tool, [tool.read_key(key) for key in keys]

    def log(self, folder, keys=()):
        """The log it read, or None when it refused."""
        try:
            return self.tool.verify_log(str(folder), keys)[0]
        except self.tool.Wrong:
            return None

    def receipt(self, data):
        try:
            return self.tool.verify_receipt(data, self.keys)
        except (self.tool.Wrong, UnicodeDecodeError):
            return None

    def consistency(self, data, *notes):
        try:
            return self.tool.verify_consistency(data, self.keys, notes)
        except (self.tool.Wrong, UnicodeDecodeError):
            return None

    def proof(self, data, line):
        try:
            return self.tool.verify_proof(data, self.keys, line)
        except (self.tool.Wrong, UnicodeDecodeError):
            return None


def agree(judge, log):
    """What both verifiers say of DATA/log: refused, torn or whole; the end if they differ."""
    found = judge.log(log)
    ours = "refused" if not found else "torn" if found.torn else "whole"
    result = proof.run([proof.REDRESS, "verify", "--data", log.parent])
    theirs = ("refused" if result.returncode else
              "torn" if b"unfinished write" in result.stdout else "whole")
    if ours != theirs:
        said = run(log)[1]
        proof.fail(f"{ours} here: {said}Redress, {theirs}: {result.stderr.decode()}")
    return ours


def log_of(folder, segment, content):
    """A data folder with one segment."""
    log = folder / "log"
    log.mkdir(parents=True, exist_ok=True)
    (log / segment).write_bytes(content)
    return log
