#!/usr/bin/env python3
"""Each rule of tools/tidy.py finds its violation in a made-up tree, and leaves the clean neighbour alone."""
import contextlib
import io
import os
import tempfile
import unittest
from pathlib import Path

import tidy
import tidy_documents
import tidy_files
import tidy_includes

TABLES = """
| room | what | may include |
|---|---|---|
| `base` | bytes | |
| `wire/http2` | frames | `base` |
| `call` | calls | `wire/http2` |
| `app` | main | all above |

| library | its headers | who may use it |
|---|---|---|
| fmt | `fmt/` | everywhere but `base`, `wire` |
| gRPC | `grpcpp/` | `app` |
| GoogleTest | `gtest/` | tests |
| threads | `thread`, `sys/` | tests and everywhere but `base`, `wire`, `call` |
"""


class Tree(unittest.TestCase):
    """A folder of its own for each test."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.write("ARCHITECTURE.md", TABLES)

    def write(self, name, text="", mode=0o644):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(mode)

    def expect_one(self, problems, *parts):
        problems = list(problems)
        self.assertEqual(len(problems), 1, problems)
        for part in parts:
            self.assertIn(part, problems[0])

    def expect_none(self, problems):
        self.assertEqual(list(problems), [])


class Includes(Tree):
    def problems(self):
        return tidy_includes.problems(self.root)

    def test_a_clean_tree_has_no_problems(self):
        self.write("src/base/bytes.h", "#include <vector>\n")
        self.write("src/wire/http2/frame.h", '#include <variant>\n#include "base/bytes.h"\n')
        self.write("src/call/call.h", '#include <fmt/format.h>\n#include "wire/http2/frame.h"\n')
        self.write("src/app/main.cc", "#include <sys/wait.h>\n#include <thread>\n#include <grpcpp/grpcpp.h>\n")
        self.write("src/app/run.cc", '#include "call/call.h"\n')
        self.expect_none(self.problems())

    def test_a_room_below_may_not_include_one_above(self):
        self.write("src/call/call.h")
        self.write("src/base/bytes.h", '\n\n#include "call/call.h"\n')
        self.expect_one(self.problems(), "src/base/bytes.h:3:", "`base` may not include `call`")

    def test_what_is_included_through_another_room_is_allowed(self):
        self.write("src/base/bytes.h")
        self.write("src/call/call.h", '#include "base/bytes.h"\n')
        self.expect_none(self.problems())

    def test_all_above_means_the_rows_before(self):
        self.write("src/app/main.h")
        self.write("src/call/call.h", '#include "app/main.h"\n')
        self.expect_one(self.problems(), "`call` may not include `app`")

    def test_a_file_outside_of_every_room(self):
        self.write("src/extra/thing.h")
        self.expect_one(self.problems(), "src/extra/thing.h", "no room")

    def test_a_library_where_it_may_not_be(self):
        self.write("src/call/call.cc", "#include <grpcpp/grpcpp.h>\n")
        self.expect_one(self.problems(), "src/call/call.cc:1:", "`call` may not use gRPC")

    def test_a_room_stands_for_the_rooms_under_it(self):
        self.write("src/wire/http2/frame.cc", "#include <fmt/format.h>\n")
        self.expect_one(self.problems(), "`wire/http2` may not use fmt")

    def test_the_operating_system_in_a_room_that_knows_none(self):
        self.write("src/base/bytes.cc", "#include <thread>\n")
        self.expect_one(self.problems(), "`base` may not use threads (thread)")

    def test_a_library_that_the_table_does_not_name(self):
        self.write("src/app/main.cc", "#include <boost/any.hpp>\n")
        self.expect_one(self.problems(), "<boost/any.hpp> is of no library")

    def test_the_libraries_of_tests_are_for_tests(self):
        self.write("src/base/bytes_test.cc", "#include <gtest/gtest.h>\n#include <thread>\n")
        self.write("src/base/testing/cuts.h", "#include <gtest/gtest.h>\n")
        self.expect_none(self.problems())
        self.write("src/base/bytes.cc", "#include <gtest/gtest.h>\n")
        self.expect_one(self.problems(), "`base` may not use GoogleTest")

    def test_a_header_of_our_own_that_not_every_room_may_use(self):
        self.write("ARCHITECTURE.md", TABLES + "| files | `base/file.h` | everywhere but `call` |\n")
        self.write("src/base/file.h")
        self.write("src/base/file.cc", '#include "base/file.h"\n')
        self.expect_none(self.problems())
        self.write("src/call/call.cc", '#include "base/file.h"\n')
        self.expect_one(self.problems(), "`call` may not use files (base/file.h)")

    def test_includes_start_at_the_root_of_the_sources(self):
        self.write("src/base/bytes.h")
        self.write("src/base/bytes.cc", '#include "bytes.h"\n')
        self.expect_one(self.problems(), 'no file of that name under src/: "bytes.h"')

    def test_files_that_include_each_other(self):
        self.write("src/base/a.h", '#include "base/b.h"\n')
        self.write("src/base/b.h", '#include "base/a.h"\n')
        self.expect_one(self.problems(), "includes go in a circle", "base/a.h → base/b.h → base/a.h")

    def test_two_ways_to_one_header_are_no_circle(self):
        self.write("src/base/a.h")
        self.write("src/base/b.h", '#include "base/a.h"\n')
        self.write("src/base/c.h", '#include "base/a.h"\n#include "base/b.h"\n')
        self.expect_none(self.problems())

    def test_rooms_that_include_each_other(self):
        self.write("ARCHITECTURE.md", TABLES.replace("| bytes | |", "| bytes | `call` |"))
        self.expect_one(self.problems(), "rooms go in a circle", "base → call → wire/http2 → base")

    def test_a_table_that_names_no_such_room(self):
        self.write("ARCHITECTURE.md", TABLES.replace("| bytes | |", "| bytes | `basement` |"))
        self.expect_one(self.problems(), "`basement`, which is no room")

    def test_no_table_at_all(self):
        self.write("ARCHITECTURE.md", "# Architecture\n")
        self.expect_one(self.problems(), "is not there")


class Files(Tree):
    def test_a_source_that_is_not_built(self):
        self.write("src/base/CMakeLists.txt", "testigo_room(base SOURCES bytes.cc  # clock.cc\n)")
        self.write("src/base/bytes.cc")
        self.expect_none(tidy_files.unbuilt(self.root))
        self.write("src/base/clock.cc")
        self.expect_one(tidy_files.unbuilt(self.root), "src/base/clock.cc", "no CMakeLists.txt builds it")

    def test_a_fuzz_target_that_is_not_built(self):
        self.write("fuzz/CMakeLists.txt", "testigo_fuzz(frame testigo_http2)")
        self.write("fuzz/frame_fuzz.cc")
        self.expect_none(tidy_files.unbuilt(self.root))
        self.write("fuzz/hpack_fuzz.cc")
        self.expect_one(tidy_files.unbuilt(self.root), "fuzz/hpack_fuzz.cc")

    def test_a_header_that_only_its_own_source_and_test_include(self):
        self.write("src/base/bytes.h")
        self.write("src/base/bytes.cc", '#include "base/bytes.h"\n')
        self.write("src/base/bytes_test.cc", '#include "base/bytes.h"\n')
        self.expect_one(tidy_files.unused_headers(self.root), "src/base/bytes.h", "nobody includes it")
        self.write("fuzz/bytes_fuzz.cc", '#include "base/bytes.h"\n')
        self.expect_none(tidy_files.unused_headers(self.root))

    def test_a_script_that_never_runs(self):
        self.write("tests/CMakeLists.txt", "testigo_script(tap tests/e2e/tap_test.py e2e)  # tests/e2e/bench_test.py")
        self.write("tests/e2e/tap_test.py")
        self.write("tests/e2e/support.py")
        self.expect_none(tidy_files.unregistered(self.root))
        self.write("tests/e2e/bench_test.py")
        self.expect_one(tidy_files.unregistered(self.root), "tests/e2e/bench_test.py", "never runs")

    def test_a_script_that_is_not_there(self):
        self.write("tests/CMakeLists.txt", "testigo_script(tap tests/e2e/tap_test.py e2e)")
        self.expect_one(tidy_files.unregistered(self.root), "tests/e2e/tap_test.py is not there")

    def test_a_picture_that_no_document_shows(self):
        self.write("docs/guide/look.md", "![the page](../images/page.png)")
        self.write("docs/images/page.png")
        self.expect_none(tidy_files.unshown(self.root))
        self.write("web/try.png")
        self.expect_one(tidy_files.unshown(self.root), "web/try.png", "no document shows it")


class DocumentTree(Tree):
    def problems(self, readme, name="README.md", folders=()):
        (self.root / "ARCHITECTURE.md").unlink(missing_ok=True)
        self.write(name, readme)
        return tidy_documents.problems(self.root, folders)


class Documents(DocumentTree):
    def test_links_that_lead_somewhere(self):
        self.write("docs/formats/verdict.md", "# The verdict\n## Claim 4, and `8`\n## Twice\n## Twice\n")
        self.write("flow.svg")
        self.expect_none(self.problems("""# Título con acentos
[a](docs/formats/verdict.md#the-verdict) [b](docs/formats/verdict.md#claim-4-and-8) [c](#título-con-acentos) ![d](flow.svg "title")
[e](https://example.org/x) [f](docs/formats) [g](docs/formats/verdict.md#twice-1) [![h](flow.svg)](#here)
<img width="1" src="flow.svg">
<a id="here"></a> `[not](a-link)`
[j]: flow.svg
```
[not](a-link)
```
"""))

    def test_a_link_that_leads_nowhere(self):
        self.expect_one(self.problems("\n[a](docs/none.md)\n"), "README.md:2:", "docs/none.md leads nowhere")

    def test_a_picture_that_is_not_there(self):
        self.expect_one(self.problems('<img alt="x" src="flow.svg">\n'), "flow.svg leads nowhere")

    def test_a_link_out_of_the_project(self):
        self.expect_one(self.problems("[a](../other.md)\n"), "leads nowhere")

    def test_a_heading_that_is_not_there(self):
        self.expect_one(self.problems("# One\n[a](#two)\n"), "README.md:2:", "#two leads to a heading that is not there")

    def test_a_target_that_make_does_not_have(self):
        self.write("Makefile", "demo test: setup ## both\n\t@true\nname := value\n")
        self.expect_none(self.problems("```sh\nmake demo TOLERANCE=1s && sudo make test -j2 # make nothing\n```\nOr `make test`.\n"))
        self.expect_one(self.problems("```sh\n\nmake demo &&\nmake dmeo\n```\n"), "README.md:4:", "no `make dmeo`")
        self.expect_one(self.problems("Say `make name`.\n"), "no `make name`")

    def test_other_blocks_are_not_commands(self):
        self.write("Makefile", "demo:\n")
        self.expect_none(self.problems("```\nmake nothing\n```\n```console\n$ make demo\nmake nothing\n```\n"))

    def test_running_text_is_held_to_commands_in_the_readme_only(self):
        self.write("Makefile", "demo:\n")
        self.expect_none(self.problems("Later: `make page`.\n", name="docs/decisions/later.md"))


HELP = """#!/bin/sh
case "$*" in
  "verify --help") echo "testigo verify [OPTIONS]: --for,--max-time TEXT  --no-colour" ;;
  *) echo "testigo [OPTIONS] SUBCOMMAND: --version; verify" ;;
esac
"""


class Commands(DocumentTree):
    def setUp(self):
        super().setUp()
        self.write("bin/testigo", HELP, 0o755)

    def complaints(self, line):
        return self.problems(f"```sh\n{line}\n```\n", folders=[self.root / "bin"])

    def test_commands_and_options_that_exist(self):
        self.expect_none(self.complaints("testigo verify --for 10s --max-time=1s --no-colour"))
        self.expect_none(self.complaints("A=1 sudo build/bin/testigo --version | testigo verify \\\n  --help"))
        self.expect_none(self.complaints("testigo verify -- sh -c 'true' --anything"))

    def test_a_command_that_does_not_exist(self):
        self.expect_one(self.complaints("testigo verfiy --for 10s"), "README.md:2:", "no `testigo verfiy`")

    def test_an_option_that_does_not_exist(self):
        wrong = self.complaints("true; testigo verify \\\n  --fore 10s")
        self.expect_one(wrong, "README.md:2:", "`testigo verify` has no option --fore")

    def test_an_option_that_only_starts_like_one(self):
        self.expect_one(self.complaints("testigo verify --max 1s"), "has no option --max")

    def test_a_program_that_is_not_built_is_not_asked(self):
        self.expect_none(self.complaints("testigo-greeter server --listen :0"))


class Whole(Tree):
    def test_the_exit_code_says_whether_there_are_problems(self):
        os.environ.pop("TESTIGO_BIN", None)
        with contextlib.redirect_stdout(io.StringIO()) as said:
            self.assertEqual(tidy.main([str(self.root)]), 0)
            self.write("src/base/clock.cc")
            self.assertEqual(tidy.main([str(self.root)]), 1)
        self.assertIn("src/base/clock.cc: no CMakeLists.txt builds it", said.getvalue())


if __name__ == "__main__":
    unittest.main()
