#!/usr/bin/env python3
"""The program as its users meet it: options, output, exit codes, reports.

usage: cli_test.py PROGRAM SOURCE_DIRECTORY [unittest arguments]
"""
import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
import unittest
import xml.etree.ElementTree

from program import PROGRAM, SAMPLE_PSK, SOURCE, TIMEOUT, Case, lockstep

FAULT = "tdisp-lock-in-run"
FAULTY_CASES = "tdisp/lock"


class Usage(Case):
    def test_version_names_tool_catalogue_and_spdm(self):
        self.assertRegex(self.run_ok("--version").stdout, r"^lockstep \d+\.\d+\.\d+\nrequirement catalogue [0-9a-f]{12}\n"
                                                          r"SPDM versions 1\.0 1\.1 1\.2 1\.3 1\.4\n")

    def test_help_of_every_command(self):
        for command in ("test", "check", "replay", "serve", "list", "show"):
            self.assertIn("--help", self.run_ok(command, "--help").stdout)

    def test_nothing_to_do(self):
        self.assert_usage_error(says="subcommand")

    def test_unknown_command_and_option_have_the_nearest_name(self):
        self.assert_usage_error("tset", says="did you mean test?")
        self.assert_usage_error("test", "--filtre", "tdisp", says="did you mean --filter?")

    def test_bad_values(self):
        self.assert_usage_error("test", "--seed", "many", says="--seed")
        self.assert_usage_error("test", "--psk", "hint=xyz", says="HINT=HEX")
        self.assert_usage_error("test", "--report", "pdf=x", says="json=FILE")
        self.assert_usage_error("test", "--report", "json=", says="json=FILE")
        self.assert_usage_error("check", "x.pcap", "--report", "junit=x", says="json=FILE or text=FILE")
        self.assert_usage_error("test", "--target", "emus://x:1", says="emu://HOST:PORT")
        self.assert_usage_error("test", "--target", "emu://127.0.0.1:1", "--transport", "pci-dou", says="pci-doe")
        self.assert_usage_error("test", "--target", "emu://127.0.0.1:1", "--function-id", "xyz", says="--function-id")
        self.assert_usage_error("test", "--max-version", "1.9", says="--max-version")
        self.assert_usage_error("test", "--port-index", "300", says="--port-index")

    def test_contradictions(self):
        self.assert_usage_error("test", "--target", "emu://127.0.0.1:1", "--fault", FAULT, says="--fault")
        self.assert_usage_error("test", "--transport", "mctp", says="--transport")
        self.assert_usage_error("test", "--spawn", "true", says="spawn")

    def test_unknown_fault_has_the_nearest_name(self):
        self.assert_usage_error("test", "--fault", FAULT + "s", says=FAULT)
        self.assert_usage_error("serve", "--listen", "127.0.0.1:0", "--fault", FAULT + "s", says=FAULT)

    def test_secrets_are_not_repeated(self):
        self.assertNotIn("5ecre7", self.run_ok("test", "--psk", "5ecre7", code=2).stderr)
        hint, key = SAMPLE_PSK.split("=")
        text = self.path("report.txt")
        report, done = self.report("--fault", FAULT, "--filter", FAULTY_CASES, "--psk", SAMPLE_PSK, "--report",
                                   "text=" + text, "--trace", self.path("traces"), code=1)
        self.assertIn("--psk %s=@FILE " % hint, next(r for r in report["results"] if r["verdict"] == "fail")["again"])
        written = [text, *(os.path.join(self.path("traces"), name) for name in os.listdir(self.path("traces")))]
        self.assertNotIn(key, json.dumps(report) + done.stdout + done.stderr)
        for path in written:
            with open(path, encoding="utf-8") as file:
                self.assertNotIn(key, file.read())

    def test_pre_shared_key_in_a_file(self):
        hint, key = SAMPLE_PSK.split("=")
        path = self.path("key")
        with open(path, "w", encoding="utf-8") as file:
            file.write(key[:8] + "\n" + key[8:] + "\n")
        of_file = "%s=@%s" % (hint, path)
        report, _ = self.report("--filter", "spdm/session/psk", "--psk", of_file)
        self.assertEqual(report["results"][0]["verdict"], "pass")
        self.assertIn("--psk " + of_file, report["results"][0]["again"])
        self.assert_usage_error("test", "--psk", hint + "=@" + self.path("absent"), says="cannot read")
        with open(path, "w", encoding="utf-8") as file:
            file.write("5ecre7")
        self.assertNotIn("5ecre7", self.run_ok("test", "--psk", of_file, code=2).stderr)


class ListAndShow(Case):
    def test_table_and_json_have_the_same_cases(self):
        table = [line.split()[0] for line in self.run_ok("list").stdout.splitlines()]
        listed = json.loads(self.run_ok("list", "--format", "json").stdout)
        self.assertEqual(table, [case["case"] for case in listed])
        self.assertGreater(len(table), 50)
        self.assertEqual(table, sorted(table))
        self.assertTrue(all(case["about"] and case["requirements"] for case in listed))

    def test_filters(self):
        everything = self.run_ok("list").stdout.splitlines()
        prefix = self.run_ok("list", "--filter", "tdisp/lock").stdout.splitlines()
        glob = self.run_ok("list", "--filter", "tdisp/lock/*").stdout.splitlines()
        self.assertEqual(prefix, glob)
        self.assertTrue(0 < len(prefix) < len(everything))
        both = self.run_ok("list", "--filter", "tdisp/lock", "--filter", "spdm/version").stdout.splitlines()
        self.assertGreater(len(both), len(prefix))
        rule = json.loads(self.run_ok("list", "--filter", "req:TDISP-LOCK-001", "--format", "json").stdout)
        self.assertTrue(rule and all("TDISP-LOCK-001" in case["requirements"] for case in rule))

    def test_filter_that_matches_nothing(self):
        for command in ("list", "test"):
            self.assert_usage_error(command, "--filter", "tdisp/lokc", says="did you mean tdisp/lock")
            self.assert_usage_error(command, "--filter", "req:TDISP-LOCK-01", says="TDISP-LOCK-001")

    def test_requirements_and_those_without_case(self):
        every = json.loads(self.run_ok("list", "--requirements", "--format", "json").stdout)
        uncovered = json.loads(self.run_ok("list", "--uncovered", "--format", "json").stdout)
        self.assertEqual([r for r in every if not r["cases"]], uncovered)
        self.assertTrue(0 < len(uncovered) < len(every))
        tdisp = self.run_ok("list", "--requirements", "--filter", "TDISP-LOCK").stdout.splitlines()[1:]
        self.assertTrue(tdisp and all(line.startswith("TDISP-LOCK-") for line in tdisp))

    def test_show_case(self):
        case = json.loads(self.run_ok("list", "--filter", "tdisp/lock", "--format", "json").stdout)[0]
        text = self.run_ok("show", case["case"]).stdout
        for part in (case["case"], case["requirements"][0], "begins with", "step 1", "expected",
                     "lockstep test --filter " + case["case"]):
            self.assertIn(part, text)

    def test_show_requirement(self):
        text = self.run_ok("show", "TDISP-LOCK-001").stdout
        for part in ("statement", "clause", "stimulus", "expected", "confidence", "audit", "cases", "tdisp/lock/"):
            self.assertIn(part, text)
        self.assertEqual(text, self.run_ok("show", "tdisp-lock-001").stdout)

    def test_show_fault_and_the_rule_that_it_breaks(self):
        text = self.run_ok("show", FAULT).stdout
        rule = re.search(r"breaks +([A-Z0-9-]+):", text).group(1)
        self.assertIn("fault " + FAULT, self.run_ok("show", rule).stdout)

    def test_show_false_alarm(self):
        self.assertIn("trap", self.run_ok("show", "P01").stdout)

    def test_show_unknown(self):
        self.assert_usage_error("show", "TDISP-LOCK-0001", says="TDISP-LOCK-001")
        self.assert_usage_error("show", "nothing like any of them", says="'nothing like any of them'")


class TestOfTheModel(Case):
    def test_report_has_every_field(self):
        report, done = self.report("--filter", "tdisp/lock", "--seed", "7")
        with open(os.path.join(SOURCE, "conformance/report/schema/report-1.json"), encoding="utf-8") as file:
            schema = json.load(file)
        self.assertEqual(sorted(report), sorted(schema["required"]))
        self.assertEqual(report["schema"], "lockstep/report-1")
        self.assertEqual((report["target"], report["seed"], report["complete"]), ("model:", 7, True))
        self.assertEqual(report["spdm_version"], "1.4")
        self.assertEqual(report["counts"]["fail"], 0)
        self.assertGreater(report["counts"]["pass"], 0)
        self.assertEqual(sum(report["counts"].values()), len(report["results"]))
        for result in report["results"]:
            self.assertEqual(sorted(result), sorted(schema["$defs"]["result"]["required"]))
            self.assertTrue(result["verdict"] == "pass" or result["reason"])
        self.assertIn("PASSED", done.stdout)
        self.assertNotIn("\033", done.stdout)

    def test_every_case_has_its_line(self):
        cases = [case["case"] for case in json.loads(self.run_ok("list", "--filter", "tdisp/lock", "--format", "json").stdout)]
        out = self.run_ok("test", "--filter", "tdisp/lock").stdout
        for case in cases:
            self.assertRegex(out, r"(?m)^[A-Z ]+ " + re.escape(case) + r"( |$)")

    def test_same_seed_same_run(self):
        def run():
            report, _ = self.report("--filter", "tdisp/lock", "--seed", "5", "--fault", FAULT, code=1)
            for result in report["results"]:
                del result["seconds"]
            return report

        self.assertEqual(run(), run())

    def test_seed_is_random_and_printed(self):
        seeds = {re.search(r"seed (\d+)", self.run_ok("test", "--filter", "spdm/version/served").stderr).group(1)
                 for _ in range(3)}
        self.assertGreater(len(seeds), 1)

    def test_fault_fails_names_its_rule_and_can_be_seen_again(self):
        rule = re.search(r"breaks +([A-Z0-9-]+):", self.run_ok("show", FAULT).stdout).group(1)
        report, done = self.report("--fault", FAULT, "--filter", FAULTY_CASES, code=1)
        failures = [result for result in report["results"] if result["verdict"] == "fail"]
        self.assertIn(rule, [result["rule"] for result in failures])
        self.assertTrue(all(result["decisive"] for result in failures))
        self.assertIn(rule, done.stdout)
        for word in ("sent ", "expected ", "actual ", "before ", "after ", "again "):
            self.assertIn("\n     " + word, done.stdout)
        again = done.stdout.splitlines()[-1].strip()
        self.assertEqual(again, failures[-1]["again"])
        once_more = lockstep(*shlex.split(again)[1:])
        self.assertEqual(once_more.returncode, 1, once_more.stdout)
        self.assertIn("FAIL " + failures[-1]["case"], once_more.stdout)

    def test_text_report(self):
        path = self.path("report.txt")
        self.run_ok("test", "--fault", FAULT, "--filter", FAULTY_CASES, "--report", "text=" + path, code=1)
        with open(path, encoding="utf-8") as file:
            text = file.read()
        for part in ("PASS ", "FAIL ", "FAILED: ", "To see a failure again:"):
            self.assertIn(part, text)

    def test_traces(self):
        folder = self.path("traces")
        report, _ = self.report("--filter", "tdisp/lock", "--trace", folder)
        self.assertEqual(len(os.listdir(folder)), len(report["results"]))
        for result in report["results"]:
            with open(result["trace"], encoding="utf-8") as file:
                lines = [json.loads(line) for line in file]
            self.assertEqual((lines[0]["schema"], lines[0]["case"]), ("lockstep/trace-1", result["case"]))
            steps = [line for line in lines[1:-1] if "seq" in line]
            self.assertEqual([line["seq"] for line in steps], list(range(1, len(steps) + 1)))
            self.assertEqual(lines[-1]["result"]["verdict"], result["verdict"])
            self.assertTrue(steps and all(line["request"]["hex"] for line in steps))

    def test_trace_directory_that_cannot_be_written(self):
        with open(self.path("file"), "w", encoding="utf-8"):
            pass
        done = self.run_ok("test", "--filter", "tdisp/lock", "--trace", self.path("file"), code=4)
        self.assertEqual(done.stderr.count("traces are missing"), 1)
        self.assertIn(self.path("file"), done.stderr)
        self.assertIn("PASSED", done.stdout)

    def test_report_to_a_full_disk(self):
        for form in ("json", "text"):
            done = self.run_ok("test", "--filter", "spdm/version/served", "--report", form + "=/dev/full", code=4)
            self.assertIn("cannot write /dev/full: No space left on device", done.stderr)

    def test_standard_output_that_is_full(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run([PROGRAM, "list"], stdout=full, stderr=subprocess.PIPE, text=True, timeout=TIMEOUT)
        self.assertEqual(done.returncode, 4)
        self.assertIn("No space left on device", done.stderr)

    def test_a_failure_is_a_failure_even_without_report(self):
        self.run_ok("test", "--fault", FAULT, "--filter", FAULTY_CASES, "--report", "json=/dev/full", code=1)

    def test_interrupted_run_is_not_complete(self):
        path = self.path("report.json")
        process = subprocess.Popen([PROGRAM, "test", "--report", "json=" + path], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=TIMEOUT)
        self.assertEqual(process.returncode, 4, out)
        with open(path, encoding="utf-8") as file:
            self.assertFalse(json.load(file)["complete"])
        self.assertIn("the run was stopped", out)


class Expectations(Case):
    """The stock finding of a faulty device, waived, forgotten and mended."""

    def file(self, *entries):
        path = self.path("expectations.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"schema": "lockstep/expectations-1", "expect": list(entries)}, file)
        return path

    @staticmethod
    def entry(case, **more):
        return {"case": case, "outcome": "fail", "reason": "old silicon", **more}

    FAULTY = ("--fault", FAULT, "--filter", FAULTY_CASES)

    def failed_cases(self):
        report, _ = self.report(*self.FAULTY, code=1)
        return [result for result in report["results"] if result["verdict"] == "fail"]

    def test_waived_findings_do_not_fail_and_are_shown(self):
        path = self.file(*(self.entry(r["case"], rule=r["rule"], issue="FW-1") for r in self.failed_cases()))
        junit = self.path("junit.xml")
        report, done = self.report(*self.FAULTY, "--expect", path, "--report", "junit=" + junit)
        self.assertGreater(report["counts"]["expected_fail"], 0)
        self.assertEqual(report["counts"]["fail"], 0)
        self.assertIn("PASSED WITH WAIVERS", done.stdout)
        self.assertIn("old silicon; FW-1", done.stdout)
        self.assertNotIn("conformant", done.stdout)
        root = xml.etree.ElementTree.parse(junit).getroot()
        self.assertEqual(root.get("failures"), "0")
        self.assertTrue(any("old silicon" in skipped.get("message") for skipped in root.iter("skipped")))

    def test_what_is_not_waived_fails(self):
        path = self.file(self.entry(self.failed_cases()[0]["case"], rule="TDISP-HDR-001"))
        self.report(*self.FAULTY, "--expect", path, code=1)

    def test_a_device_that_was_mended_makes_the_file_stale(self):
        path = self.file(self.entry(self.failed_cases()[0]["case"]))
        report, done = self.report("--filter", FAULTY_CASES, "--expect", path, code=3)
        self.assertEqual(report["counts"]["unexpected_pass"], 1)
        self.assertIn("STALE", done.stdout)

    def test_bad_files_are_usage_errors(self):
        self.assert_usage_error("test", "--expect", self.file(self.entry("tdisp/lokc/in-run")), says="tdisp/lock/in-run")
        self.assert_usage_error("test", "--expect", self.file(self.entry("tdisp/*", until="2020-01-01")), says="2020-01-01")
        self.assert_usage_error("test", "--expect", self.path("absent.json"), says="absent.json")
        self.assert_usage_error("test", "--expect", os.path.join(SOURCE, "README.md"), says="line 1")

    def test_the_file_that_a_run_needs_is_of_use_when_it_has_reasons(self):
        path = self.path("needed.json")
        done = self.run_ok("test", *self.FAULTY, "--update-expectations", path, code=1)
        self.assertIn(path, done.stderr)
        self.assert_usage_error("test", "--expect", path, says="(say why)")
        with open(path, encoding="utf-8") as file:
            needed = json.load(file)
        for entry in needed["expect"]:
            entry["reason"] = "old silicon"
        self.run_ok("test", *self.FAULTY, "--expect", self.file(*needed["expect"]))


class Replay(Case):
    ACTIONS = "spdm:GET_VERSION; spdm:GET_CAPABILITIES; spdm:NEGOTIATE_ALGORITHMS"

    def trace(self, case, *arguments, code):
        folder = self.path("traces")
        report, _ = self.report("--filter", case, "--trace", folder, "--seed", "7", *arguments, code=code)
        return os.path.join(folder, case.replace("/", "-") + ".jsonl"), report["results"][0]

    def test_a_failure_is_shortened_and_its_command_shows_it_again(self):
        for where in ("", "--trace"):
            arguments = ("--fault", FAULT, "--filter", "tdisp/lock/in-run", "--seed", "7")
            report, done = self.report(*arguments, *([where, self.path("t")] if where else []), code=1)
            failure = next(r for r in report["results"] if r["verdict"] == "fail")
            self.assertIn(failure["replay"], done.stdout)
            words = shlex.split(failure["replay"])
            self.assertEqual(words[:2], ["lockstep", "replay"])
            replayed = self.run_ok(*words[1:], code=1)
            self.assertIn("breaks %s." % failure["rule"], replayed.stdout)
            self.assertIn("%d of %d actions" % (len(failure["shortest"]), len(failure["shortest"])), replayed.stdout)
            self.assertLess(len(failure["shortest"]), 25)
        self.assertEqual(self.report("--fault", FAULT, "--filter", "tdisp/lock/in-run", "--shrink", "0",
                                     code=1)[0]["results"][0]["shortest"], [])

    def test_a_trace_is_done_once_more_with_fresh_cryptography(self):
        path, _ = self.trace("tdisp/lock/in-run", code=0)
        replayed = self.run_ok("replay", path, "--seed", "8")
        self.assertNotIn("parts from the recording", replayed.stdout)
        self.assertRegex(replayed.stdout, r"(?m)^ +1 PASS spdm:GET_VERSION -> VERSION$")
        self.assertIn("PASSED", replayed.stdout)

    def test_it_says_where_the_target_parts_from_the_trace(self):
        path, _ = self.trace("tdisp/lock/in-run", code=0)
        report = self.path("replay.json")
        replayed = self.run_ok("replay", path, "--fault", FAULT, "--report", "json=" + report, code=1)
        self.assertRegex(replayed.stdout, r"parts from the recording at tdisp:LOCK_INTERFACE_REQUEST .*\(line \d+\)")
        with open(report, encoding="utf-8") as file:
            parsed = json.load(file)
        self.assertEqual(parsed["exit_code"], 1)
        step = parsed["steps"][parsed["parts_at"] - 1]
        self.assertEqual(step["answer"], "LOCK_INTERFACE_RESPONSE")
        self.assertNotEqual(step["recorded"], step["answer"])

    def test_a_counterexample_without_bytes(self):
        path = self.path("counterexample.jsonl")
        with open(path, "w", encoding="utf-8") as file:
            file.write('{"schema": "lockstep/trace-1"}\n')
            file.writelines(json.dumps({"action": action}) + "\n" for action in self.ACTIONS.split("; "))
        self.assertIn("3 of 3 actions", self.run_ok("replay", path).stdout)
        self.assertIn("3 of 3 actions", self.run_ok("replay", "--actions", self.ACTIONS).stdout)

    def test_what_cannot_be_done_is_no_success(self):
        done = self.run_ok("replay", "--actions", self.ACTIONS + "; spdm:HEARTBEAT session=0", code=4)
        self.assertIn("there is no session 0", done.stdout)

    def test_bad_traces(self):
        path = self.path("bad.jsonl")
        for text, says in (('{"schema": "lockstep/trace-1"}\n{"action": "spdm:GET_VERSIONS"}\n', "line 2: no stimulus"),
                           ('{"schema": "lockstep/trace-1"}\n{"action": "spdm:GET', "line 2: is no JSON"),
                           ("", "is empty"), ("\0\1", "line 1")):
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            self.assert_usage_error("replay", path, says=says)
        self.assert_usage_error("replay", self.path("absent"), says="absent")
        self.assert_usage_error("replay", says="--actions")
        self.assert_usage_error("replay", "--actions", "spdm:GET_VERSION; nothing", says="action 2")


class KeyLog(Case):
    def test_it_holds_every_session_and_belongs_to_its_owner(self):
        path = self.path("keys")
        self.run_ok("test", "--filter", "spdm/session/*", "--keylog", path)
        with open(path, encoding="ascii") as file:
            lines = file.read().splitlines()
        self.assertEqual(lines[0], "# lockstep key log 1")
        labels = [line.split()[0] for line in lines[1:]]
        self.assertEqual(labels.count("SPDM_HANDSHAKE_SECRET"), labels.count("SPDM_REQUEST_HANDSHAKE_SECRET"))
        self.assertGreater(labels.count("SPDM_REQUEST_DATA_SECRET"), 0)
        self.assertEqual(os.stat(path).st_mode & 0o077, 0)

    def test_it_opens_the_traces_of_the_run(self):
        keys, folder, report = self.path("keys"), self.path("traces"), self.path("check.json")
        self.run_ok("test", "--filter", "spdm/session/key-exchange", "--keylog", keys, "--trace", folder)
        trace = os.path.join(folder, "spdm-session-key-exchange.jsonl")
        closed = self.run_ok("check", trace)
        self.assertIn("no secrets", closed.stdout)
        opened = self.run_ok("check", trace, "--keylog", keys, "--report", "json=" + report)
        self.assertNotIn("no secrets", opened.stdout)
        with open(report, encoding="utf-8") as file:
            self.assertEqual(json.load(file)["counts"]["not_judged"], 0)

    def test_bad_key_logs_and_traces(self):
        capture = os.path.join(SOURCE, "tests/captures/doe_psk_tdisp_14.pcap")
        self.assert_usage_error("check", capture, "--keylog", os.path.join(SOURCE, "README.md"), says="no key log")
        self.assert_usage_error("check", capture, "--keylog", self.path("absent"), says="absent")
        path = self.path("bad.jsonl")
        with open(path, "w", encoding="utf-8") as file:
            file.write('{"schema": "lockstep/trace-1"}\n{"action": "", "request": {"hex": "0"}}\n')
        self.assert_usage_error("check", path, says="line 2: request: ")

    def test_a_file_that_cannot_be_written(self):
        self.assert_usage_error("test", "--keylog", os.path.join(self.path("absent"), "keys"), says="absent")


class Serve(Case):
    def serve(self, *arguments):
        return super().serve("--listen", "127.0.0.1:0", *arguments)

    def test_faults_are_listed(self):
        self.assertRegex(self.run_ok("serve", "--fault", "list").stdout, r"(?m)^" + FAULT + r" +TDISP-")

    def test_needs_an_address(self):
        self.assert_usage_error("serve", says="--listen")

    def test_address_in_use(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            address = "127.0.0.1:%d" % taken.getsockname()[1]
            self.assert_usage_error("serve", "--listen", address, says=address)

    def test_serves_what_test_tests(self):
        for transport in ("pci-doe", "mctp", "none"):
            _, port = self.serve("--transport", transport)
            report, _ = self.report("--target", "emu://127.0.0.1:%d" % port, "--transport", transport,
                                    "--filter", "spdm/version/served", "--filter", "spdm/session", "--filter", "tdisp/lock",
                                    "--psk", SAMPLE_PSK)
            verdicts = {result["case"]: result["verdict"] for result in report["results"]}
            self.assertEqual(verdicts["spdm/version/served"], "pass")
            self.assertEqual(verdicts["spdm/session/psk"], "not_applicable" if transport == "none" else "pass")
            self.assertEqual(report["transport"], transport)
            tdisp = {r["verdict"] for r in report["results"] if r["case"].startswith("tdisp/")}
            self.assertEqual("pass" in tdisp, transport == "pci-doe", tdisp)

    def test_authenticates_in_chunks_and_in_the_clear(self):
        ways = (["--data-transfer-size", "128"], ["--handshake-in-the-clear"])
        for way in ways:
            _, port = self.serve("--mut-auth", "encapsulated", "--basic-mut-auth", *way)
            report, _ = self.report("--target", "emu://127.0.0.1:%d" % port, *way, "--filter", "spdm/session/key-exchange",
                                    "--filter", "spdm/challenge", "--filter", "spdm/finish/wrong-signature")
            self.assertGreaterEqual(len(report["results"]), 4)
            self.assertEqual({result["verdict"] for result in report["results"]}, {"pass"}, report["results"])

    def test_identities_that_are_none(self):
        serve = ("serve", "--listen", "127.0.0.1:0")
        missing = self.path("missing.der")
        self.assert_usage_error(*serve, "--mut-auth", "provisioned", says="--requester-chain")
        self.assert_usage_error(*serve, "--mut-auth", "provisioned", "--requester-chain", missing, says=missing)
        self.assert_usage_error(*serve, "--chain", missing, says="--key")
        self.assert_usage_error("test", "--requester-key", missing, says="--requester-chain")
        text = self.path("text.der")
        with open(text, "w", encoding="utf-8") as file:
            file.write("no certificate")
        self.assert_usage_error("test", "--requester-key", text, "--requester-chain", text, says=text)

    def test_fault_is_seen_through_the_socket(self):
        _, port = self.serve("--fault", FAULT)
        self.report("--target", "emu://127.0.0.1:%d" % port, "--filter", FAULTY_CASES, "--psk", SAMPLE_PSK, code=1)

    def test_signals_end_it_well(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            process, _ = self.serve()
            process.send_signal(number)
            self.assertEqual(process.wait(TIMEOUT), 0)

    def test_target_that_is_not_there_is_inconclusive(self):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        report, _ = self.report("--target", "emu://127.0.0.1:%d" % port, "--filter", "spdm/version/served", code=4)
        self.assertEqual(report["counts"]["inconclusive"], 1)
        self.assertIn("127.0.0.1:%d" % port, report["results"][0]["reason"])

    def test_spawned_target(self):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        command = shlex.join([PROGRAM, "serve", "--listen", "127.0.0.1:%d" % port])
        report, _ = self.report("--target", "emu://127.0.0.1:%d" % port, "--spawn", command, "--filter", "tdisp/lock",
                                "--psk", SAMPLE_PSK)
        self.assertGreater(report["counts"]["pass"], 0)
        time.sleep(0.5)
        with self.assertRaises(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1).close()


class Check(Case):
    CAPTURE = os.path.join(SOURCE, "tests/captures/doe_psk_tdisp_14.pcap")

    def check(self, *arguments):
        path = self.path("check.json")
        done = lockstep("check", *arguments, "--report", "json=" + path)
        with open(path, encoding="utf-8") as file:
            return json.load(file), done

    def test_report_agrees_with_the_exit_code(self):
        report, done = self.check(self.CAPTURE, "--psk", SAMPLE_PSK)
        self.assertEqual(done.returncode, report["exit_code"], done.stdout)
        self.assertEqual(done.returncode, 1 if report["counts"]["fail"] else 0)
        self.assertEqual(sum(report["counts"].values()), len(report["records"]))
        self.assertGreater(report["counts"]["legal"], 20)
        for record in report["records"]:
            if record["verdict"] == "fail":
                self.assertIn(record["reason"].split()[0], done.stdout)

    def test_the_key_opens_the_session(self):
        closed, _ = self.check(self.CAPTURE)
        opened, _ = self.check(self.CAPTURE, "--psk", SAMPLE_PSK)
        self.assertGreater(closed["counts"]["not_judged"], opened["counts"]["not_judged"])

    def test_verbose_shows_every_record(self):
        out = lockstep("check", self.CAPTURE, "--psk", SAMPLE_PSK, "--verbose").stdout
        self.assertRegex(out, r"(?m)^ +1  legal +(transport|requester) ")

    def test_file_that_is_no_capture(self):
        self.assert_usage_error("check", os.path.join(SOURCE, "CMakeLists.txt"), says="CMakeLists.txt")
        self.assert_usage_error("check", self.path("absent"), says="absent")


class Verify(Case):
    def test_a_property_that_fails_has_its_trace_in_the_vendors_verbs(self):
        done = self.run_ok("verify", "host", "--profile", "amd", "--property", "P22", code=1)
        self.assertIn("TIO_TDI_BIND(run=0) [bind]", done.stdout)
        self.assertRegex(done.stdout.splitlines()[-1], r"^\d+ states, \d+ transitions, depth \d+: fails$")

    def test_a_policy_decides(self):
        done = self.run_ok("verify", "host", "--profile", "amd", "--set", "CONSENT_BINDING=EPOCH", "--property", "P22")
        self.assertRegex(done.stdout.splitlines()[-1], r": holds$")

    def test_threads_change_nothing(self):
        one, two = (self.run_ok("verify", "host", "--property", "P22", "--threads", n, code=1).stdout for n in "12")
        self.assertEqual(one, two)

    def test_a_limit_is_inconclusive(self):
        done = self.run_ok("verify", "host", "--property", "P21", "--memory", "1", code=4)
        self.assertRegex(done.stdout.splitlines()[-1], r": inconclusive$")

    def test_names_that_nothing_is_like(self):
        """Everything that takes a name says so when it knows none such, however far off it is."""
        for arguments in (("verify", "device", "--property"), ("verify", "device", "--mutant"), ("verify", "device", "--vary"),
                          ("verify", "host", "--property"), ("verify", "host", "--profile"), ("verify", "host", "--scenario"),
                          ("verify", "host", "--set"), ("verify", "matrix", "--profile"), ("show",), ("test", "--filter"),
                          ("test", "--fault"), ("serve", "--listen", "127.0.0.1:0", "--fault"),
                          ("test", "--target"), ("test", "--transport")):
            for name in ("x", "not to be found anywhere", "X=Y"):
                with self.subTest(arguments=arguments, name=name):
                    self.assert_usage_error(*arguments, name, says="lockstep: ")

    def test_unknown_names(self):
        self.assert_usage_error("verify", "host", "--profile", "amb", says="did you mean amd?")
        self.assert_usage_error("verify", "host", "--scenario", "cmv", says="did you mean cvm?")
        self.assert_usage_error("verify", "host", "--set", "STOP_ODER=GATE_FIRST", says="did you mean STOP_ORDER?")
        self.assert_usage_error("verify", "host", "--set", "STOP_ORDER=GATE_FRIST", says="did you mean GATE_FIRST?")
        self.assert_usage_error("verify", "host", "--property", "P222", says="did you mean P22")
        self.assert_usage_error("verify", "host", "--memory", "lots", says="is no size")
        self.assert_usage_error("verify", "host", "--set", "STOP_ORDER", says="is no POLICY=VALUE")
        self.assert_usage_error("verify", "matrix", "--profile", "riskv", says="did you mean riscv?")
        self.assert_usage_error("verify", "matrix", "--report", "pdf=x", says="html=FILE, md=FILE, json=FILE")

    def test_a_matrix_with_a_limit_is_inconclusive(self):
        done = self.run_ok("verify", "matrix", "--memory", "1", code=4)
        self.assertRegex(done.stdout.splitlines()[-1], r": inconclusive$")

    def test_time_speed_and_memory_go_to_standard_error(self):
        done = self.run_ok("verify", "host", "--property", "P31")
        self.assertRegex(done.stderr, r"^\d+\.\d\d s, \d+ transitions/s, \d+\.\d MiB in the largest exploration\n$")

    def test_the_list_has_every_row_of_the_discussions(self):
        done = self.run_ok("verify", "--list")
        for row in ("P22 ", "S0.1 ", "S4.10 ", "CVE-2025-9613 ", "STOP_ORDER "):
            self.assertIn(row, done.stdout)
        self.assert_usage_error("verify", says="verify what?")

    def test_liveness_has_a_run_that_goes_on_for_ever(self):
        done = self.run_ok("verify", "host", "--property", "L3", "--set", "STOP_ORDER=STOP_FIRST", code=1)
        self.assertIn("from here on for ever", done.stdout)
        self.run_ok("verify", "host", "--property", "L3", "--set", "STOP_ORDER=GATE_FIRST")

    def test_a_property_that_says_nothing_is_inconclusive(self):
        self.run_ok("verify", "host", "--property", "L2", "--set", "APPRAISED_BY=KERNEL", code=4)

    def test_reports(self):
        path = self.path("host.json")
        self.run_ok("verify", "host", "--property", "P31", "--set", "STOP_FAILURE=FAIL_OPEN", "--report", "json=" + path, code=1)
        with open(path, encoding="utf-8") as file:
            report = json.load(file)
        self.assertEqual(report["properties"][0]["verdict"], "fails")
        self.assertEqual(report["policies"]["STOP_FAILURE"], "FAIL_OPEN")
        chart = self.path("host.svg")
        self.run_ok("verify", "host", "--property", "P31", "--set", "STOP_FAILURE=FAIL_OPEN", "--report", "svg=" + chart, code=1)
        with open(chart, encoding="utf-8") as file:
            self.assertIn("covh_unbind_interface", file.read())
        self.assertTrue(report["properties"][0]["counterexample"][0]["verb"].startswith("bind"))


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
