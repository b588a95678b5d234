#!/usr/bin/env python3
"""A fuzz target that cannot fail proves nothing.

usage: canary_test.py CANARY_PROGRAM OTHER_PROGRAM CORPORA
"""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

CANARY, OTHER, CORPORA = sys.argv.pop(1), sys.argv.pop(1), Path(sys.argv.pop(1))


def run(program, *arguments):
    done = subprocess.run([program, "-runs=0", *map(str, arguments)], capture_output=True, text=True, errors="replace",
                          timeout=300)
    return done.returncode, done.stdout + done.stderr


class Canary(unittest.TestCase):
    def test_a_faulty_device_is_found(self):
        status, output = run(CANARY, CORPORA / "device")
        self.assertNotEqual(status, 0)
        self.assertIn("fuzz: does not hold: the answers of the reference device are legal", output)
        self.assertIn("TDISP-LOCK-003", output)

    def test_it_is_the_fault_that_is_found(self):
        """Without a LOCK nothing is wrong with that device."""
        with tempfile.TemporaryDirectory() as folder:
            program = Path(folder) / "connected"
            program.write_bytes(b"")
            status, output = run(CANARY, program)
        self.assertEqual(status, 0, output)

    def test_no_input_is_no_success(self):
        with tempfile.TemporaryDirectory() as folder:
            status, output = run(OTHER, Path(folder) / "missing")
        self.assertNotEqual(status, 0, output)


if __name__ == "__main__":
    unittest.main()
