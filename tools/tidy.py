#!/usr/bin/env python3
"""Holds the project to its own rules: tools/tidy.py [ROOT].

The table of includes in ARCHITECTURE.md, files that nothing uses, and links and commands in the documents. With TESTIGO_BIN
(a folder, or several with ':' between) the commands are held against the help of the programs that are built there. Exits with
1 on any problem.
"""
import os
import sys
from pathlib import Path

import tidy_documents
import tidy_files
import tidy_includes


def main(arguments):
    root = Path(arguments[0] if arguments else Path(__file__).resolve().parent.parent)
    folders = [Path(folder) for folder in os.environ.get("TESTIGO_BIN", "").split(":") if folder]
    problems = [*tidy_includes.problems(root), *tidy_files.problems(root), *tidy_documents.problems(root, folders)]
    for problem in problems:
        print(problem)
    if not folders:
        print("tidy: no programs in TESTIGO_BIN, so the commands in the documents were not held against them")
    print(f"tidy: {len(problems)} problems" if problems else "tidy: clean")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
