#!/usr/bin/env python3
"""Roads to a device, as users meet them: shims, SPDM over TCP, injectors, the control socket.

usage: targets_test.py PROGRAM SOURCE_DIRECTORY EXAMPLE_SHIM_IN_C SCRIPTED_SHIM [unittest arguments]
"""
import json
import os
import re
import shlex
import signal
import socket
import struct
import subprocess
import sys
import time
import unittest

from program import PROGRAM, SAMPLE_PSK, SOURCE, TIMEOUT, Case

SHIM_IN_C, SCRIPTED_SHIM = sys.argv[3:5]
SHIM_IN_PYTHON = shlex.join([sys.executable, os.path.join(SOURCE, "examples/shim.py")])


def environment(pid):
    """What a process was started with; empty when it is gone."""
    try:
        with open(f"/proc/{pid}/environ", encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


class TargetCase(Case):
    def verdicts(self, *arguments, code=0):
        report, _ = self.report(*arguments, code=code)
        return {result["case"]: result["verdict"] for result in report["results"]}


class Shims(TargetCase):
    STDIO = "shim:" + shlex.join([PROGRAM, "serve", "--stdio"])

    def test_whole_suite_over_a_shim_has_the_verdicts_of_the_model(self):
        model = self.verdicts("--seed", "5")
        shim = self.verdicts("--seed", "5", "--target", self.STDIO, "--psk", SAMPLE_PSK)
        objects = {case for case in model if case.startswith("doe/") or case == "secmsg/session/over-doe"}
        self.assertEqual({shim[case] for case in objects}, {"not_applicable"}, "a shim exchanges messages, no objects of a mailbox")
        self.assertEqual({case: model[case] for case in model.keys() - objects}, {case: shim[case] for case in shim.keys() - objects})
        self.assertGreater(list(shim.values()).count("pass"), 200)

    def test_fault_of_a_shim_is_found(self):
        fault = "tdisp-lock-in-run"
        model = self.verdicts("--seed", "5", "--fault", fault, "--filter", "tdisp/lock", code=1)
        shim = self.verdicts("--seed", "5", "--target", self.STDIO + " --fault " + fault, "--psk", SAMPLE_PSK, "--filter",
                             "tdisp/lock", code=1)
        self.assertEqual(model, shim)

    def test_hello_chooses_the_transport(self):
        for transport in ("mctp", "tcp", "none"):
            report, done = self.report("--target", self.STDIO + " --transport " + transport, "--psk", SAMPLE_PSK,
                                       "--filter", "spdm/session", "--filter", "spdm/version/served")
            verdicts = {result["case"]: result["verdict"] for result in report["results"]}
            self.assertEqual(report["transport"], transport)
            self.assertTrue(report["target"].endswith(" (lockstep reference device)"), report["target"])
            self.assertEqual(verdicts["spdm/session/psk"], "not_applicable" if transport == "none" else "pass", done.stdout)

    def test_examples_answer_get_version_and_refuse_the_rest(self):
        filters = ("--filter", "spdm/version/served", "--filter", "spdm/capabilities/served")
        for shim in (SHIM_IN_C, SHIM_IN_PYTHON):
            verdicts = self.verdicts("--target", "shim:" + shim, *filters, code=4)
            self.assertEqual(verdicts, {"spdm/version/served": "pass", "spdm/capabilities/served": "inconclusive"})

    def test_examples_are_short_and_keep_to_the_document(self):
        with open(os.path.join(SOURCE, "docs/shim.md"), encoding="utf-8") as file:
            question, answer = re.findall(r"^ {4}((?:[0-9A-F]{2} +)+[0-9A-F]{2})$", file.read(), re.MULTILINE)
        for shim in ([SHIM_IN_C], shlex.split(SHIM_IN_PYTHON)):
            done = subprocess.run(shim, input=bytes.fromhex(question), capture_output=True, timeout=TIMEOUT)
            self.assertEqual((done.returncode, done.stderr), (0, b""))
            size = struct.unpack("<I", done.stdout[:4])[0]
            hello, rest = done.stdout[:4 + size], done.stdout[4 + size:]
            self.assertEqual(hello[4:6], b"H\0")
            self.assertEqual(json.loads(hello[6:])["lockstep_shim"], 1)
            self.assertEqual(rest, bytes.fromhex(answer))
        for name in ("shim.c", "shim.py"):
            with open(os.path.join(SOURCE, "examples", name), encoding="utf-8") as file:
                self.assertLess(len(file.readlines()), 150)

    def test_examples_refuse_broken_frames(self):
        for shim in ([SHIM_IN_C], shlex.split(SHIM_IN_PYTHON)):
            for broken in (b"\6\0\0", b"\1\0\0\0CC", b"\6\0\0\0C\7\x10", b"\xff\xff\xff\xffC\7"):
                done = subprocess.run(shim, input=broken, capture_output=True, timeout=TIMEOUT)
                self.assertNotEqual(done.returncode, 0, broken)
                self.assertIn(b"shim: ", done.stderr)

    def test_other_kinds_of_frames(self):
        for shim in ([SHIM_IN_C], shlex.split(SHIM_IN_PYTHON)):
            asked = b"\3\0\0\0S\1\0" + b"\6\0\0\0I\2\0abc" + b"\2\0\0\0C\3"
            done = subprocess.run(shim, input=asked, capture_output=True, timeout=TIMEOUT)
            self.assertTrue(done.stdout.endswith(b"\2\0\0\0N\1" + b"\2\0\0\0U\2" + b"\6\0\0\0C\3\x10\x7f\1\0"), done.stdout)

    def scripted(self, *words):
        return "shim:" + shlex.join([SCRIPTED_SHIM, *words])

    def test_a_shim_that_breaks_down_is_inconclusive_and_its_errors_are_kept(self):
        traces = self.path("traces")
        report, _ = self.report("--target", self.scripted("say", "no board", "exit", "3"), "--filter", "spdm/version/served",
                                "--trace", traces, code=4)
        self.assertIn("exit status 3", report["results"][0]["reason"])
        self.assertIn("target.log", report["results"][0]["reason"])
        with open(os.path.join(traces, "target.log"), encoding="utf-8") as file:
            self.assertEqual(set(file), {"no board\n"})

    def test_unimplemented_is_not_applicable_and_no_success(self):
        hello = '{"lockstep_shim":1,"transport":"none","reset":true}'
        for words in (("read", "answer", "U", ""), ("read", "exit", "89")):
            report, done = self.report("--target", self.scripted("hello", hello, *words), "--filter", "spdm/version/served",
                                       code=5)
            self.assertEqual(report["results"][0]["verdict"], "not_applicable")
            self.assertIn("does not implement this", report["results"][0]["reason"])

    def test_options_that_a_shim_does_not_take(self):
        for option in (("--transport", "mctp"), ("--function-id", "1"), ("--stream-id", "1"), ("--port-index", "0"),
                       ("--kind", "rciep"), ("--patience", "500")):
            self.assert_usage_error("test", "--target", self.STDIO, *option, says="in its hello")
        self.assert_usage_error("test", "--target", "shim:", says="no command")
        self.assert_usage_error("test", "--target", "shim:true", "--spawn", "true", says="nothing to spawn")
        self.assert_usage_error("test", "--target", self.STDIO, "--fault", "tdisp-lock-in-run", says="--fault")

    def test_more_than_this_version_tests(self):
        hello = json.dumps({"lockstep_shim": 1, "transport": "pci-doe", "function_ids": [1, 2, 3, 4, 5],
                            "streams": [{"stream_id": 0, "port_index": 0}]})
        self.assert_usage_error("test", "--target", self.scripted("hello", hello, "serve"), says="claims 5 TDIs")

    def test_a_failure_can_be_seen_again(self):
        target = self.STDIO + " --fault tdisp-lock-in-run"
        _, done = self.report("--target", target, "--psk", SAMPLE_PSK, "--filter", "tdisp/lock/in-run", "--injector", "false",
                              code=1)
        again = done.stdout.splitlines()[-1]
        self.assertIn("--target " + shlex.quote(target), again)
        self.assertIn("--injector false", again)

    def test_signal_leaves_no_shim_behind(self):
        process = subprocess.Popen([PROGRAM, "test", "--target", self.scripted("say", "up", "hang"), "--trace",
                                    self.path("traces")], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env={**os.environ, "LOCKSTEP_TEST": self.folder.name})
        log = os.path.join(self.path("traces"), "target.log")
        while not (os.path.exists(log) and os.path.getsize(log)):
            self.assertIsNone(process.poll())
            time.sleep(0.01)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=TIMEOUT)
        self.assertNotEqual(process.returncode, 0)
        deadline = time.monotonic() + TIMEOUT  # what was killed takes a moment to be gone
        while left := [pid for pid in os.listdir("/proc") if pid.isdigit() and self.folder.name in environment(pid)]:
            self.assertLess(time.monotonic(), deadline, left)
            time.sleep(0.01)


class OverTcp(TargetCase):
    def test_spdm_over_tcp(self):
        for listen, target, options in (("tcp://127.0.0.1:0", "tcp://", ()),
                                        ("127.0.0.1:0", "emu://", ("--transport", "tcp")),
                                        ("emu://127.0.0.1:0", "emu://", ("--transport", "tcp"))):
            _, port = self.serve("--listen", listen, *options)
            report, _ = self.report("--target", target + "127.0.0.1:%d" % port, *options, "--psk", SAMPLE_PSK, "--filter",
                                    "spdm/session", "--filter", "tdisp/lock/served")
            verdicts = {result["case"]: result["verdict"] for result in report["results"]}
            self.assertEqual(report["transport"], "tcp")
            self.assertEqual((verdicts["spdm/session/psk"], verdicts["spdm/session/key-exchange"]), ("pass", "pass"))
            self.assertEqual(verdicts["tdisp/lock/served"], "not_applicable")

    def test_spawned(self):
        with socket.create_server(("127.0.0.1", 0)) as free:
            address = "tcp://127.0.0.1:%d" % free.getsockname()[1]
        report, _ = self.report("--target", address, "--spawn", shlex.join([PROGRAM, "serve", "--listen", address]), "--filter",
                                "spdm/version/served")
        self.assertEqual(report["counts"]["pass"], 1)

    def test_frames_are_not_for_a_terminal(self):
        try:
            leader, terminal = os.openpty()
        except OSError as error:
            self.skipTest("this system gives no pseudo terminal: %s" % error)
        done = subprocess.run([PROGRAM, "serve", "--stdio"], stdin=terminal, capture_output=True, text=True, timeout=TIMEOUT)
        os.close(terminal)
        os.close(leader)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("not for a terminal", done.stderr)

    def test_contradictions(self):
        self.assert_usage_error("test", "--target", "tcp://127.0.0.1:1", "--transport", "mctp", says="speaks SPDM over TCP")
        self.assert_usage_error("serve", "--listen", "tcp://127.0.0.1:0", "--transport", "mctp", says="speaks SPDM over TCP")
        self.assert_usage_error("serve", "--listen", "127.0.0.1:0", "--stdio", says="either --listen HOST:PORT or --stdio")
        self.assert_usage_error("serve", says="either --listen HOST:PORT or --stdio")


class Injectors(TargetCase):
    INJECTED = "tdisp/out-of-band/config-write-tracked-*"

    def test_control_socket(self):
        control = self.path("control")
        self.serve("--listen", "127.0.0.1:0", "--control", control)
        self.run_ok("inject", "--control", control, "function-level-reset", "0")
        self.run_ok("inject", "--control", control, "conventional-reset")
        done = self.run_ok("inject", "--control", control, "security-lost", "1", code=4)
        self.assertIn("there is no TDI 1", done.stderr)
        done = self.run_ok("inject", "--control", control, "heartbeat-expired", code=4)
        self.assertIn("there is no session 0", done.stderr)

    def test_every_way_into_error_over_the_wire(self):
        control = self.path("control")
        _, port = self.serve("--listen", "127.0.0.1:0", "--control", control)
        injector = shlex.join([PROGRAM, "inject", "--control", control])
        target = ("--target", "emu://127.0.0.1:%d" % port, "--psk", SAMPLE_PSK, "--filter", "tdisp/out-of-band")
        wire = self.verdicts(*target, "--injector", injector)
        model = self.verdicts("--filter", "tdisp/out-of-band")
        two_tdis = [case for case in wire if wire[case] == "not_applicable"]
        self.assertEqual({case: v for case, v in wire.items() if case not in two_tdis},
                         {case: v for case, v in model.items() if case not in two_tdis})
        self.assertGreater(list(wire.values()).count("pass"), 40)
        self.assertLess(len(two_tdis), 10)
        none = self.verdicts(*target[:-1], self.INJECTED, code=5)
        self.assertEqual(set(none.values()), {"not_applicable"})

    def test_injector_that_fails_is_no_verdict(self):
        report, _ = self.report("--filter", self.INJECTED, "--injector", "sh -c 'echo no board; exit 3'", code=4)
        self.assertEqual({result["verdict"] for result in report["results"]}, {"inconclusive"})
        self.assertTrue(all("exit status 3: no board" in result["reason"] for result in report["results"]))
        verdicts = self.verdicts("--filter", self.INJECTED, "--injector", "sh -c 'exit 89'", code=5)
        self.assertEqual(set(verdicts.values()), {"not_applicable"})

    def test_socket_goes_with_the_server(self):
        control = self.path("control")
        process, _ = self.serve("--listen", "127.0.0.1:0", "--control", control)
        self.assertTrue(os.path.exists(control))
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(TIMEOUT), 0)
        self.assertFalse(os.path.exists(control))
        done = self.run_ok("inject", "--control", control, "conventional-reset", code=4)
        self.assertIn(control, done.stderr)

    def test_usage(self):
        listed = self.run_ok("inject", "--list").stdout
        for line in (r"conventional-reset +happens to the device", r"check-failed +happens to the IDE stream INDEX",
                     r"config-write-tracked +happens to the TDI INDEX", r"heartbeat-expired +happens to the session INDEX"):
            self.assertRegex(listed, "(?m)^" + line + "$")
        self.assert_usage_error("inject", says="--control PATH and a STIMULUS")
        self.assert_usage_error("inject", "--control", "x", "functional-level-reset", says="did you mean function-level-reset")
        self.assert_usage_error("inject", "--control", "x", "check-failed", "256", says="INDEX")
        self.assert_usage_error("serve", "--listen", "127.0.0.1:0", "--control", self.path("a/b"), says="No such file")

    def test_a_device_that_is_reset_behind_the_back_of_its_tester_is_noticed(self):
        control = self.path("control")
        _, port = self.serve("--listen", "127.0.0.1:0", "--control", control)
        with socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT) as client:
            def ask(spdm):
                payload = b"\x01\0\x01\0" + struct.pack("<I", 2 + len(spdm) // 4) + spdm
                client.sendall(struct.pack(">III", 1, 2, len(payload)) + payload)
                head = client.recv(12, socket.MSG_WAITALL)
                return client.recv(struct.unpack(">III", head)[2], socket.MSG_WAITALL)[8:]

            capabilities = b"\x14\xe1\0\0" + struct.pack("<BBHIII", 0, 0, 0, 0, 0x1200, 0x1200)
            self.assertEqual(ask(b"\x10\x84\0\0")[1], 0x04)
            self.assertEqual(ask(capabilities)[1], 0x61)
            self.run_ok("inject", "--control", control, "conventional-reset")
            self.assertEqual(ask(capabilities)[1], 0x7F)  # as if no GET_VERSION had been


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[5:]])
