"""What breaks a check: an edit of a clean conversation, what must be told of it, and how the same edit looks when it is legal."""

from dataclasses import dataclass, field

START = "go-h2c"
UNARY, SERVER_STREAM, CLIENT_STREAM, BIDI = 1, 2, 3, 4  # the connections of each golden capture
ENTRIES = {}


@dataclass
class Told:
    """One or several findings of a check, the first of them about something said."""
    check: str
    severity: str
    said: object
    by: str = ""  # the check whose failure drags it along
    times: int = 1
    text: str = ""  # a part of it


@dataclass
class Entry:
    name: str  # of the check, and behind "-" of what is special
    edit: object
    broken: str  # what the edit does, in words
    clean: str  # and what it does where it is legal
    start: str
    connection: int
    calls: int
    legally: dict = field(default_factory=dict)  # the arguments that make it legal

    @property
    def check(self):
        return self.name.partition("-")[0]

    def made(self, conversation, clean=False):
        """Edits it; what must be told."""
        conversation.cut(calls=self.calls)
        told = self.edit(conversation, **(self.legally if clean else {}))
        return [] if clean or told is None else told


def breaks(name, broken, clean, /, start=START, connection=UNARY, calls=1, **legally):
    def enter(edit):
        assert name not in ENTRIES, name
        ENTRIES[name] = Entry(name, edit, broken, clean, start, connection, calls, legally)
        return edit

    return enter


def error(check, said, **how):
    return Told(check, "error", said, **how)


def warning(check, said, **how):
    return Told(check, "warning", said, **how)


def remark(check, said, text, **how):
    return Told(check, "info", said, text=text, **how)


def also(name, broken, /, **where):
    """Another way to break it, whose neighbour is that of the first."""
    return breaks(name, broken, "", **where)


def legal(name, words, /, **where):
    """What breaks nothing."""
    return breaks(name, f"legal: {words}", "", **where)
