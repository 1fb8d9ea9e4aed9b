"""What an event tells of its subject."""

import msgspec

from avoir.core.row import Row

_encode = msgspec.json.Encoder().encode


class _New(msgspec.Struct):
    after: msgspec.Raw


_decode = msgspec.json.Decoder(_New).decode


def change(before: Row | None, after: Row | None) -> str:
    """What became of a row, as JSON: all of a new one, else the fields that differ, before and after."""
    if before is None and after is not None and not after.SECRETS:
        return f'{{"before":null,"after":{_encode(after).decode()}}}'
    row = after or before
    names = [name for name in row.__struct_fields__ if name not in row.SECRETS] if row else []
    if row and before is not None and after is not None:
        # What is not known by an id is told with the key that it is known by.
        key = () if row.KEY[-1] == "id" else row.KEY[1:]
        names = [name for name in names if name in key or getattr(before, name) != getattr(after, name)]
    was, now = (x and {name: getattr(x, name) for name in names} for x in (before, after))
    return _encode({"before": was, "after": now}).decode()


def told_whole(body: str) -> msgspec.Raw:
    """The row that an event tells whole, as JSON."""
    return _decode(body).after
