"""The program under test, and what the tests of it share. The first two arguments of each are PROGRAM SOURCE_DIRECTORY."""
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest

PROGRAM, SOURCE = sys.argv[1:3]
SAMPLE_PSK = "TestPskHint=5465737450736b4461746100"
TIMEOUT = 500  # of a program that hangs: sanitizers on a busy machine need minutes


def lockstep(*arguments, **options):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=TIMEOUT, **options)


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def run_ok(self, *arguments, code=0):
        done = lockstep(*arguments)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def assert_usage_error(self, *arguments, says):
        done = self.run_ok(*arguments, code=2)
        self.assertEqual(done.stdout, "")
        self.assertIn(says, done.stderr)

    def report(self, *arguments, code=0):
        path = self.path("report.json")
        done = self.run_ok("test", *arguments, "--report", "json=" + path, code=code)
        with open(path, encoding="utf-8") as file:
            return json.load(file), done

    def serve(self, *arguments):
        """A reference device at a port of its own; returns the process and the port."""
        process = subprocess.Popen([PROGRAM, "serve", *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                   text=True)
        self.addCleanup(process.wait)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)
        return process, int(re.match(r"listening on 127\.0\.0\.1:(\d+) ", process.stdout.readline()).group(1))
