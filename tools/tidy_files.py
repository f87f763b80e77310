"""Files that nothing uses: sources that are not built, headers that nobody includes, end-to-end tests that never run, pictures that
no document shows."""
import re

import tidy_includes


def problems(root):
    return [*unbuilt(root), *unused_headers(root), *unregistered(root), *unshown(root)]


def unbuilt(root):
    built = set()
    for rules in [*root.glob("src/**/CMakeLists.txt"), *root.glob("fuzz/**/CMakeLists.txt")]:
        text = without_comments(rules)
        built |= {(rules.parent / name).resolve() for name in re.findall(r"[\w./-]+\.cc\b", text)}
        built |= {rules.parent.resolve() / f"{name}_fuzz.cc" for name in re.findall(r"^\s*testigo_fuzz\((\w+)", text, re.M)}
    for source in [*root.glob("src/**/*.cc"), *root.glob("fuzz/**/*.cc")]:
        if source.resolve() not in built:
            yield f"{source.relative_to(root)}: no CMakeLists.txt builds it"


def without_comments(path):
    return re.sub(r"#.*", "", path.read_text(encoding="utf-8"))


def unused_headers(root):
    """A header that only its own source and its own test include serves nobody."""
    users = {}
    for folder in ("src", "fuzz", "bench", "tests"):
        for path in (root / folder).rglob("*"):
            if path.suffix in (".h", ".cc"):
                for include in tidy_includes.includes_of(path):
                    users.setdefault(include.path, set()).add(path)
    for header in sorted((root / "src").rglob("*.h")):
        own = {header, header.with_suffix(".cc"), header.with_name(header.stem + "_test.cc")}
        if not users.get(str(header.relative_to(root / "src")), set()) - own:
            yield f"{header.relative_to(root)}: nobody includes it but its own source and test"


def unregistered(root):
    rules = root / "tests" / "CMakeLists.txt"
    registered = without_comments(rules) if rules.is_file() else ""
    for script in [*root.glob("tests/e2e/*_test.py"), *root.glob("tests/breaks/*_test.py"), *root.glob("tools/*_test.py")]:
        if str(script.relative_to(root)) not in registered:
            yield f"{script.relative_to(root)}: tests/CMakeLists.txt does not name it, so it never runs"
    for script in re.findall(r"[\w./-]+\.py\b", registered):
        if not (root / script).is_file():
            yield f"tests/CMakeLists.txt: {script} is not there"


def unshown(root):
    shown = {(document.parent / target).resolve()
             for document in [*root.glob("*.md"), *root.glob("docs/**/*.md")]
             for target in re.findall(r"!\[[^]]*\]\(([^)]+)\)", document.read_text(encoding="utf-8"))}
    for picture in [*root.glob("*"), *root.glob("docs/**/*"), *root.glob("web/*")]:
        if picture.suffix in (".png", ".jpg", ".svg") and picture.resolve() not in shown:
            yield f"{picture.relative_to(root)}: no document shows it"
