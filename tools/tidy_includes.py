"""The tables of ARCHITECTURE.md as a test: which room and which library a file may include, and no circles."""
import re
from collections import namedtuple
from pathlib import Path

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"]+)"|<([^>]+)>)', re.MULTILINE)

# users: rooms, "tests", or "everywhere", with the rooms of `but` taken away. A room stands for those under it: wire for wire/tcp.
Library = namedtuple("Library", "name headers users but")
Include = namedtuple("Include", "line path quoted")


def problems(root):
    rooms, libraries = read_tables((root / "ARCHITECTURE.md").read_text(encoding="utf-8"))
    if not rooms or not libraries:
        return ["ARCHITECTURE.md: the table of rooms or the table of libraries is not there"]
    found = [f"ARCHITECTURE.md: `{room}` may include `{other}`, which is no room of the table"
             for room, others in rooms.items() for other in others if other not in rooms]
    found += [f"ARCHITECTURE.md: the rooms go in a circle: {' → '.join(circle)}" for circle in circles(rooms)]
    if found:
        return found
    files = {str(path.relative_to(root / "src")): includes_of(path) for path in sources(root)}
    for name, includes in files.items():
        found += file_problems(name, includes, files, rooms, libraries)
    graph = {name: [i.path for i in includes if i.path in files] for name, includes in files.items()}
    return found + [f"src/{circle[0]}: includes go in a circle: {' → '.join(circle)}" for circle in circles(graph)]


def sources(root):
    return sorted(path for path in (root / "src").rglob("*") if path.suffix in (".h", ".cc"))


def includes_of(path):
    text = path.read_text(encoding="utf-8")
    return [Include(text.count("\n", 0, m.start()) + 1, m.group(1) or m.group(2), m.group(1) is not None)
            for m in INCLUDE.finditer(text)]


# --- the tables ---

def rows(text, first_column):
    """The cells of the table whose first heading is `first_column`."""
    inside = False
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")] if line.startswith("|") else []
        if not cells:
            inside = False
        elif cells[0].lower() == first_column:
            inside = True
        elif inside and not set(cells[0]) <= set("-: "):
            yield cells


def quoted(cell):
    return re.findall(r"`([^`]+)`", cell)


def read_tables(text):
    rooms = {}
    for cells in rows(text, "room"):
        (room,), above = quoted(cells[0]), list(rooms)
        rooms[room] = above if "all above" in cells[-1] else quoted(cells[-1])
    libraries = []
    for name, headers, where in rows(text, "library"):
        users, _, but = where.partition(" but ")
        named = quoted(users) + [word for word in ("tests", "everywhere") if re.search(rf"\b{word}\b", users)]
        libraries.append(Library(name, quoted(headers), named, quoted(but)))
    return rooms, libraries


def circles(graph):
    """One circle for each place where the graph comes back to itself; each names its first again at its end."""
    found, done = [], set()
    for start in graph:
        path, ways = [start], [iter(graph[start])]
        while path and start not in done:
            following = next(ways[-1], None)
            if following is None:
                done.add(path.pop())
                ways.pop()
            elif following in path:
                found.append(path[path.index(following):] + [following])
            elif following not in done:
                path.append(following)
                ways.append(iter(graph.get(following, ())))
    return found


# --- one file ---

def room_of(name, rooms):
    return max((room for room in rooms if name.startswith(room + "/")), key=len, default=None)


def reach(room, rooms):
    """The room, what it may include, and what may be included through that."""
    reached, waiting = set(), [room]
    while waiting:
        room = waiting.pop()
        if room not in reached:
            reached.add(room)
            waiting += rooms[room]
    return reached


def is_test(name):
    return name.endswith("_test.cc") or "/testing/" in name


def within(room, names):
    return any(room == name or room.startswith(name + "/") for name in names)


def library_of(path, libraries):
    def fits(header):
        if header.endswith("/"):
            return path.startswith(header)
        return path == header or ("/" not in header and path.endswith("/" + header))
    return next((library for library in libraries if any(fits(header) for header in library.headers)), None)


def may_use(name, room, library):
    if is_test(name) and "tests" in library.users:
        return True
    return within(room, library.users) or ("everywhere" in library.users and not within(room, library.but))


def file_problems(name, includes, files, rooms, libraries):
    room = room_of(name, rooms)
    if room is None:
        return [f"src/{name}: lies in no room of the table in ARCHITECTURE.md"]
    found = []
    for include in includes:
        complaint = include_problem(name, room, include, files, rooms, libraries)
        if complaint:
            found.append(f"src/{name}:{include.line}: {complaint}")
    return found


def include_problem(name, room, include, files, rooms, libraries):
    library = library_of(include.path, libraries)
    if library and not may_use(name, room, library):
        return f"`{room}` may not use {library.name} ({include.path})"
    if include.quoted and include.path in files:
        other = room_of(include.path, rooms)
        if other is None or other in reach(room, rooms):
            return None
        return f"`{room}` may not include `{other}` ({include.path}); the table in ARCHITECTURE.md says what it may"
    if library:
        return None
    if include.quoted:
        return f'no file of that name under src/: "{include.path}"'
    if "/" in include.path or "." in include.path:
        return f"<{include.path}> is of no library that the table in ARCHITECTURE.md names"
    return None
