"""Asks a ledger.db."""

import contextlib
import sqlite3


def rows(ledger, query):
    with contextlib.closing(sqlite3.connect(f"file:{ledger}?mode=ro", uri=True)) as database:
        database.row_factory = sqlite3.Row
        return [dict(row) for row in database.execute(query)]


def dump(ledger):
    """All that is in it, but for when it was made."""
    with contextlib.closing(sqlite3.connect(f"file:{ledger}?mode=ro", uri=True)) as database:
        return [line for line in database.iterdump() if "'built'" not in line]
