"""lockstep verify as a user runs it: verdicts, exit codes, files, errors that name what is wrong."""
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
import xml.dom.minidom

PROGRAM = sys.argv.pop()
HOLDS, FAILS, USAGE, INCONCLUSIVE = 0, 1, 2, 4
SMALL = ("device", "--whole-key-sets")
PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../docs/host-verifier.md")


def verify(*arguments):
    return subprocess.run([PROGRAM, "verify", *arguments], capture_output=True, text=True, timeout=300)


class Verify(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def test_the_device_obeys_its_laws(self):
        run = verify(*SMALL, "--report", "json=" + self.path("r.json"), "--report", "html=" + self.path("r.html"))
        self.assertEqual(run.returncode, HOLDS, run.stdout + run.stderr)
        last = run.stdout.splitlines()[-1]
        match = re.fullmatch(r"(\d+) states, (\d+) transitions, depth (\d+): holds", last)
        self.assertTrue(match, last)
        with open(self.path("r.json")) as file:
            report = json.load(file)
        self.assertEqual((report["states"], report["transitions"], report["depth"]), tuple(map(int, match.groups())))
        self.assertGreater(len(report["properties"]), 15)
        self.assertEqual({p["verdict"] for p in report["properties"]}, {"holds"})
        with open(self.path("r.html")) as file:
            self.assertIn("run-only-by-start", file.read())

    def test_the_page_shows_what_the_program_prints(self):
        with open(PAGE) as file:
            shown = re.findall(r"^    \$ lockstep verify (.*)\n((?:    .*\n)+)", file.read(), re.MULTILINE)
        self.assertTrue(shown)
        for command, output in shown:
            self.assertEqual(verify(*command.split()).stdout, re.sub("^    ", "", output, flags=re.MULTILINE))

    def test_two_threads_give_the_same_result(self):
        one, two = verify(*SMALL, "--threads", "1"), verify(*SMALL, "--threads", "2")
        self.assertEqual(one.stdout.splitlines()[-1], two.stdout.splitlines()[-1])

    def test_a_broken_law_is_shown_with_its_shortest_run(self):
        run = verify(*SMALL, "--mutant", "tracked-write-is-ignored", "--report", "json=" + self.path("r.json"),
                     "--report", "svg=" + self.path("t.svg"), "--report", "mermaid=" + self.path("t.mmd"))
        self.assertEqual(run.returncode, FAILS)
        self.assertTrue(run.stdout.splitlines()[-1].endswith(": fails"))
        with open(self.path("r.json")) as file:
            failed = [p for p in json.load(file)["properties"] if p["verdict"] == "fails"]
        self.assertEqual([p["name"] for p in failed], ["what-endangers-a-tdi-moves-it-to-error"])
        steps = [step["message"] for step in failed[0]["counterexample"]["steps"]]
        # Negotiation, session, keys, LOCK, and the write: nothing shorter locks a TDI.
        self.assertEqual(len(steps), 8, steps)
        self.assertIn("LOCK_INTERFACE_REQUEST", steps[-2])
        self.assertIn("CONFIG_WRITE_TRACKED", steps[-1])
        with open(self.path("t.mmd")) as file:
            self.assertTrue(file.read().startswith("sequenceDiagram\n"))
        xml.dom.minidom.parse(self.path("t.svg"))

    def replay(self, trace, *arguments):
        return subprocess.run([PROGRAM, "replay", trace, "--seed", "1", *arguments], capture_output=True, text=True,
                              timeout=300)

    def counterexample(self, mutant, law, *arguments):
        """The path of the trace that breaks the law."""
        run = verify(*SMALL, *arguments, "--mutant", mutant, "--property", law, "--trace", self.path("traces"))
        self.assertEqual(run.returncode, FAILS, run.stdout + run.stderr)
        path = self.path("traces/" + law)
        with open(path + ".mmd") as file:
            self.assertTrue(file.read().startswith("sequenceDiagram\n"))
        xml.dom.minidom.parse(path + ".svg")
        return path + ".jsonl"

    def test_a_counterexample_runs_against_a_device_with_the_fault_and_one_without(self):
        # CVE-2023-31127, found by the verifier, done to a device that has it.
        trace = self.counterexample("psk-finish-finishes-key-exchange", "mutual-authentication-is-not-skipped",
                                    "--vary", "mutual-authentication")
        broken = self.replay(trace, "--fault", "spdm-psk-finish-for-key-exchange")
        self.assertEqual(broken.returncode, FAILS, broken.stdout + broken.stderr)
        self.assertIn("SPDM-FIN-019", broken.stdout.splitlines()[-1])
        self.assertNotIn("parts from the recording", broken.stdout)
        right = self.replay(trace)
        self.assertEqual(right.returncode, HOLDS, right.stdout + right.stderr)
        self.assertRegex(right.stdout, r"parts from the recording at spdm:PSK_FINISH session=0 \(line \d+\)")

    def test_a_counterexample_with_an_event_goes_through_the_injector(self):
        trace = self.counterexample("check-failure-is-ignored", "what-endangers-a-stream-ends-its-protection")
        with open(trace) as file:
            self.assertIn({"action": "ide_km:CHECK_FAILED stream=0"}, [json.loads(line) for line in file])
        broken = self.replay(trace, "--fault", "ide-check-failure-keeps-secure")
        self.assertEqual(broken.returncode, FAILS, broken.stdout + broken.stderr)
        self.assertRegex(broken.stdout, r"(?m)^ *\d+ FAIL ide_km:QUERY stream=0 session=0 ")  # Secure as before
        right = self.replay(trace)
        self.assertEqual(right.returncode, HOLDS, right.stdout + right.stderr)
        self.assertNotIn("parts from the recording", right.stdout)  # up to the event all goes as in the model

    def test_a_limit_is_inconclusive_and_the_run_goes_on_from_its_checkpoint(self):
        whole = verify(*SMALL)
        cut = verify(*SMALL, "--states", "300", "--checkpoint", self.path("c"))
        self.assertEqual(cut.returncode, INCONCLUSIVE)
        self.assertIn("limit of states", cut.stdout)
        resumed = verify(*SMALL, "--resume", self.path("c"))
        self.assertEqual(resumed.returncode, HOLDS, resumed.stdout + resumed.stderr)
        self.assertEqual(resumed.stdout.splitlines()[-1], whole.stdout.splitlines()[-1])
        other = verify("device", "--whole-key-sets", "--key-sets", "2", "--resume", self.path("c"))
        self.assertEqual(other.returncode, USAGE)
        self.assertIn("belongs to another run", other.stderr)
        small = verify(*SMALL, "--memory", "1K")
        self.assertEqual(small.returncode, INCONCLUSIVE)
        self.assertIn("memory limit", small.stdout)

    def test_hash_compaction_says_how_much_it_may_have_left_out(self):
        exact = verify(*SMALL)
        many = verify(*SMALL, "--compact", "60", "--report", "json=" + self.path("r.json"))
        self.assertEqual(many.returncode, HOLDS, many.stdout + many.stderr)
        last = re.fullmatch(r"(.*) with omission probability (\S+)", many.stdout.splitlines()[-1])
        self.assertEqual(last.group(1), exact.stdout.splitlines()[-1])
        with open(self.path("r.json")) as file:
            self.assertAlmostEqual(json.load(file)["omission_probability"] / float(last.group(2)), 1, 1)
        few = verify(*SMALL, "--compact", "10")
        self.assertEqual(few.returncode, INCONCLUSIVE)
        self.assertLess(int(few.stdout.splitlines()[-1].split()[0]), int(last.group(1).split()[0]))
        self.assertIn("may have been left out", few.stdout)
        refused = verify(*SMALL, "--compact", "60", "--checkpoint", self.path("c"))
        self.assertEqual(refused.returncode, USAGE)
        self.assertIn("no states that a checkpoint could hold", refused.stderr)

    def test_errors_name_what_is_wrong(self):
        for arguments, words in [
            (("device", "--property", "run-only-by-sart"), "did you mean run-only-by-start?"),
            (("device", "--mutant", "any-nonce-start"), "did you mean any-nonce-starts?"),
            (("device", "--vary", "heart-beat"), "did you mean heartbeat?"),
            (("device", "--memory", "many"), "'many' is no size"),
            (("device", "--tdis", "0"), "--tdis"),
            (("device", "--resume", self.path("nothing")), "No such file"),
            (("device", "--export", "latex=x"), "promela=FILE"),
            (("device", "--report", "pdf=x"), "json=FILE"),
            (("device", "--report", "json=" + self.path("no/such/folder"), "--whole-key-sets"), "cannot write"),
            ((), "verify what?"),
        ]:
            with self.subTest(arguments=arguments):
                run = verify(*arguments)
                self.assertEqual(run.returncode, USAGE, run.stdout + run.stderr)
                self.assertIn(words, run.stderr)

    def test_exports_and_list(self):
        names = ["promela=" + self.path("d.pml"), "tla=" + self.path("Device.tla"), "pins=" + self.path("d.c"),
                 "dot=" + self.path("d.dot")]
        run = verify(*SMALL, "--property", "tdi-can-run", *[word for name in names for word in ("--export", name)])
        self.assertEqual(run.returncode, HOLDS, run.stderr)
        for name, words in [("d.pml", "active proctype"), ("Device.tla", "MODULE Device"), ("d.c", "pins_model_init"),
                            ("d.dot", "digraph")]:
            with open(self.path(name)) as file:
                self.assertIn(words, file.read())
        listing = verify("--list")
        self.assertEqual(listing.returncode, HOLDS)
        self.assertIn("run-only-by-start", listing.stdout)


if __name__ == "__main__":
    unittest.main()
