#!/usr/bin/env python3
"""check_tree.py finds each habit broken alone, and nothing in a tidy tree."""
import tempfile
import unittest
from pathlib import Path

import check_tree


class CheckTree(unittest.TestCase):
    def breaches(self, name, text):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder).resolve()
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
            return list(check_tree.breaches(root))

    def test_tidy_files_pass(self):
        self.assertEqual(self.breaches("model/a.hpp", "// Why.\n#pragma once\n#include \"wire/b.hpp\"\n"), [])
        self.assertEqual(self.breaches("tests/a_test.cpp", "int x;\n" * 1000), [])
        self.assertEqual(self.breaches("docs/a.md", "See frame/work/done and ./root/x.\n"), [])

    def test_each_habit(self):
        for name, text in [
            ("model/a.cpp", '#include "../b.hpp"\n'),
            ("model/a.cpp", "// TO" "DO later\n"),
            ("docs/a.md", "FIX" "ME\n"),
            ("cli/a.cpp", "throw X(\"Not imp" "lemented\");\n"),
            ("docs/a.md", "run it in /ho" "me/me/lockstep\n"),
            ("model/a.hpp", "int x;\n"),
            ("conformance/a.cpp", "int x;\n" * 601),
            ("model/a.cpp", b"// \xff\n"),
        ]:
            with self.subTest(name=name, text=text[:40]):
                self.assertEqual(len(self.breaches(name, text)), 1)

    def test_an_empty_tree_is_a_mistake(self):
        self.assertEqual(len(self.breaches("a.pcap", "")), 1)

    def test_says_where(self):
        self.assertEqual(self.breaches("cli/a.cpp", "\n#include <../x>\n"), ["cli/a.cpp:2: include leaves its layer"])


if __name__ == "__main__":
    unittest.main()
