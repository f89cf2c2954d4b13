"""Writes segments by Sources/EventLog/FORMAT.md alone: what a forger of a log would write."""

import base64
import hashlib
import json
import re
import struct
import subprocess

import proof
from verifier import compressed


def header(tool, *, at, ordinal, chain, durable=None, version=1, flags=0, tenants=(), commits=b"",
           commit_count=0, event_count=0, line_bytes=0, frame=b"", crc=None, padding=None, length=None,
           tenant_count=None):
    """A header by FORMAT.md and its frame, with whatever is to be wrong with it."""
    tables = b"".join(bytes([len(name)]) + name + struct.pack("<QI", first, count)
                      for name, first, count in tenants) + commits
    if padding is None:
        end = at + 88 + len(tables) + 1 + 5 + len(frame)
        rest = end % 512
        padding = 1 + (512 - rest if rest > 504 else 8 - rest if 0 < rest < 8 else 0)
    whole = length or 88 + len(tables) + padding + 5
    fixed = tool.MAGIC + struct.pack(
        "<I4sBBHQQIIIII32s", whole - 8, b"RDLG", version, flags,
        len(tenants) if tenant_count is None else tenant_count, ordinal,
        ordinal if durable is None else durable, commit_count, event_count, line_bytes, len(frame),
        tool.crc32c(frame) if crc is None else crc, chain)
    fixed += struct.pack("<I", tool.crc32c(fixed)) + tables + b"\xff" * padding
    return fixed + struct.pack("<I", tool.crc32c(fixed)) + b"\x45" + frame


def leb128(number):
    """An unsigned number in seven bits a byte."""
    content = b""
    while number > 127:
        content, number = content + bytes([number & 127 | 128]), number >> 7
    return content + bytes([number])


def sealed_log(tool, tenant, commits):
    """One sealed segment of one tenant: one frame, and the mark that sums it up."""
    chain, lines = bytes(32), [line for commit in commits for line in commit]
    for commit in commits:
        chain = hashlib.sha256(chain + b"".join(map(tool.leaf_hash, commit))).digest()
    text = b"".join(line + b"\n" for line in lines)
    shared = {"chain": chain, "flags": 1, "tenants": [(tenant.encode(), 0, len(lines))],
              "event_count": len(lines), "line_bytes": len(text)}
    content = header(
        tool, at=0, ordinal=0, durable=len(commits), commit_count=len(commits),
        commits=b"".join(b"\0" + leb128(len(commit)) for commit in commits), frame=compressed(text),
        **shared)
    return content + header(tool, at=len(content), ordinal=len(commits), **shared)


def read_commits(tool, log):
    """The lines of each commit of a log of one tenant."""
    commits = []
    for segment in sorted(log.glob("*.zst")):
        content, at = segment.read_bytes(), 0
        text = subprocess.run(["zstd", "-dcq"], input=content, capture_output=True, check=True).stdout
        lines = text.split(b"\n")[:-1]
        while at < len(content):
            record = tool.Record(content, at)
            record.read_tables()
            for _, count in record.commits:
                commits.append(lines[:count])
                del lines[:count]
            at = record.end
    return commits


def renumbered(commits):
    """Positions and revisions without gaps, as if these commits were the history."""
    position, revisions, result = 0, {}, []
    for commit in commits:
        lines = []
        for line in commit:
            stream = json.loads(line)["subject"]
            revision = revisions[stream] = revisions.get(stream, -1) + 1
            line = re.sub(rb'"id":"\d+"', b'"id":"%d"' % position, line, count=1)
            line = re.sub(rb'"revision":\d+', b'"revision":%d' % revision, line, count=1)
            lines.append(line)
            position += 1
        result.append(lines)
    return result


def signed_note(tool, origin, lines, key):
    """A checkpoint of these lines, signed with a private key in PEM, and the key's vkey."""
    root = base64.b64encode(tool.tree_root([tool.leaf_hash(line) for line in lines])).decode()
    text = f"{origin}\n{len(lines)}\n{root}\n".encode()
    unsigned = key.parent / "unsigned"
    unsigned.write_bytes(text)
    signature = proof.run(["openssl", "pkeyutl", "-sign", "-inkey", key, "-rawin", "-in", unsigned])
    public = proof.run(["openssl", "pkey", "-in", key, "-pubout", "-outform", "DER"]).stdout[-32:]
    key_id = hashlib.sha256(origin.encode() + b"\n\x01" + public).digest()[:4]
    line = f"\n— {origin} {base64.b64encode(key_id + signature.stdout).decode()}\n"
    vkey = f"{origin}+{key_id.hex()}+{base64.b64encode(bytes([1]) + public).decode()}"
    return text + line.encode(), vkey
