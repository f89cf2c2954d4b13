"""Reads where a segment's records are, from what Sources/EventLog/FORMAT.md says and nothing else."""

import collections

Record = collections.namedtuple("Record", "start end first_commit commit_count event_count")


def _number(content, offset, length):
    return int.from_bytes(content[offset : offset + length], "little")


def records(content):
    """The records of a whole segment, marks among them (no commits), in order."""
    found, start = [], 0
    while start < len(content):
        assert content[start + 8 : start + 12] == b"RDLG", f"no header at {start}"
        end = start + 8 + _number(content, start + 4, 4) + _number(content, start + 44, 4)
        found.append(Record(
            start, end, _number(content, start + 16, 8), _number(content, start + 32, 4),
            _number(content, start + 36, 4)))
        start = end
    assert start == len(content), "the segment ends inside a record"
    return found
