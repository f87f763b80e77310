"""Documents that tell the truth: links lead somewhere, commands exist with the options that are shown."""
import os
import re
import shlex
import subprocess
from collections import namedtuple
from urllib.parse import unquote

FENCE = re.compile(r"^\s*(```+|~~~+)\s*(\w*)")
LINK = re.compile(r"!?\[(?:[^\[\]]|\[[^\]]*\](?:\([^)]*\))?)*\]\(\s*<?([^)\s>]+)>?[^)]*\)")
REFERENCE = re.compile(r"^\s{0,3}\[[^\]^]+\]:\s*<?(\S+?)>?(?:\s|$)")
HTML = re.compile(r"""<(?:a|img|source)\b[^>]*?\b(?:href|src|srcset)\s*=\s*["']([^"']+)["']""")
SHELL = {"sh", "bash", "shell", "console"}
PROGRAMS = ("testigo", "testigo-greeter")

# prose: (line number, text) outside of code blocks; code: (line number, language, lines) of each block.
Document = namedtuple("Document", "path name prose code")


def problems(root, folders):
    documents = [parse(path, root) for path in markdown(root)]
    book = Programs(folders)
    targets = make_targets(root)
    found = []
    for document in documents:
        found += link_problems(document, root, documents)
        found += command_problems(document, book, targets)
    return found


def markdown(root):
    for folder, inner, files in os.walk(root):
        inner[:] = sorted(name for name in inner if not name.startswith(".") and name not in ("build", "evidence", "node_modules"))
        yield from (root.__class__(folder) / name for name in sorted(files) if name.endswith(".md"))


def parse(path, root):
    prose, code, fence = [], [], None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        mark = FENCE.match(line)
        if fence and mark and mark.group(1).startswith(fence) and not mark.group(2):
            fence = None
        elif fence:
            code[-1][2].append(line)
        elif mark:
            fence = mark.group(1)
            code.append((number, mark.group(2), []))
        else:
            prose.append((number, line))
    return Document(path, str(path.relative_to(root)), prose, code)


# --- links ---

def link_problems(document, root, documents):
    for number, line in document.prose:
        line = re.sub(r"`[^`]*`", "", line)
        for target in [*LINK.findall(line), *REFERENCE.findall(line), *HTML.findall(line)]:
            complaint = link_problem(target, document, root, documents)
            if complaint:
                yield f"{document.name}:{number}: {complaint}"


def link_problem(target, document, root, documents):
    if re.match(r"[a-z][a-z0-9+.-]*:|//", target):
        return None
    path, _, anchor = unquote(target).partition("#")
    file = (document.path.parent / path).resolve() if path else document.path.resolve()
    if not file.exists() or root.resolve() not in (file, *file.parents):
        return f"the link {target} leads nowhere"
    other = next((d for d in documents if d.path.resolve() == file), None)
    if anchor and other and anchor not in anchors(other):
        return f"the link {target} leads to a heading that is not there"
    return None


def anchors(document):
    """As GitHub makes them of the headings, and those that are written out."""
    found, seen = set(), {}
    for _, line in document.prose:
        found |= set(re.findall(r"""<a\b[^>]*\b(?:id|name)\s*=\s*["']([^"']+)["']""", line))
        heading = re.match(r"#{1,6}\s+(.*?)\s*#*\s*$", line)
        if heading:
            slug = slug_of(heading.group(1))
            seen[slug] = seen.get(slug, -1) + 1
            found.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
    return found


def slug_of(heading):
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", heading)
    return re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")


# --- commands ---

def command_problems(document, book, targets):
    for number, command in commands(document):
        for complaint in command_complaints(command, book, targets):
            yield f"{document.name}:{number}: {complaint}"


def commands(document):
    """Every simple command of the shell blocks; of the README also those in the running text."""
    for number, language, lines in document.code:
        if language in SHELL:
            yield from block_commands(number + 1, lines)
    if document.path.name.startswith("README"):
        for number, line in document.prose:
            for code in re.findall(r"`([^`]+)`", line):
                yield from ((number, words) for words in simple_commands(code) if words[0] in (*PROGRAMS, "make"))


def block_commands(number, lines):
    prompt = any(line.startswith("$ ") for line in lines)  # then the other lines are what the commands print
    waiting, start = "", number
    for offset, line in enumerate(lines):
        if not waiting:
            start = number + offset
            if prompt and not line.startswith("$ "):
                continue
            line = line.removeprefix("$ ")
        waiting += line
        if waiting.endswith("\\"):
            waiting = waiting[:-1] + " "
            continue
        yield from ((start, words) for words in simple_commands(waiting))
        waiting = ""


def simple_commands(line):
    """Split at the shell's operators, without what stands before the program: variables, sudo, a path."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    try:
        tokens = list(lexer)
    except ValueError:
        return
    words = []
    for token in [*tokens, ";"]:
        if not set(token) <= set("();<>|&"):
            words.append(token)
            continue
        while words and (words[0] == "sudo" or re.match(r"\w+=", words[0])):
            words.pop(0)
        if words:
            yield [words[0].rsplit("/", 1)[-1], *words[1:]]
        words = []


def command_complaints(words, book, targets):
    program, arguments = words[0], words[1:]
    if program == "make":
        yield from (f"there is no `make {word}`" for word in arguments
                    if re.fullmatch(r"[a-z][\w-]*", word) and word not in targets)
    elif program in PROGRAMS:
        yield from book.complaints(program, arguments)


def make_targets(root):
    makefile = root / "Makefile"
    text = makefile.read_text(encoding="utf-8") if makefile.is_file() else ""
    return {name for names in re.findall(r"^([a-z][\w -]*):(?!=)", text, re.M) for name in names.split()}


class Programs:
    """What the built programs say of themselves; a program that is not built is not asked."""

    def __init__(self, folders):
        self.folders_ = folders
        self.help_ = {}

    def complaints(self, program, arguments):
        path = next((folder / program for folder in self.folders_ if (folder / program).is_file()), None)
        if path is None:
            return
        if "--" in arguments:
            arguments = arguments[:arguments.index("--")]
        shown, name = self.help(path), program
        if arguments and re.fullmatch(r"[a-z][\w-]*", arguments[0]):
            name = f"{program} {arguments[0]}"
            general, shown = shown, self.help(path, arguments[0])
            if not shown or shown == general:
                yield f"there is no `{name}`"
                return
        known = set(re.findall(r"(?<![\w-])--[a-z][a-z0-9-]*", shown)) | {"--help"}
        for option in (word.split("=", 1)[0] for word in arguments if re.match(r"--[a-z]", word)):
            if option not in known:
                yield f"`{name}` has no option {option}"

    def help(self, path, *command):
        key = (path, *command)
        if key not in self.help_:
            ran = subprocess.run([path, *command, "--help"], capture_output=True, text=True, timeout=20, check=False)
            self.help_[key] = ran.stdout if ran.returncode == 0 else ""
        return self.help_[key]
