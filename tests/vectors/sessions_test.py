#!/usr/bin/env python3
"""The sessions in the vectors and in the recorded captures, computed anew by independent.py.

usage: sessions_test.py SOURCE_DIRECTORY
"""
import json
import struct
import sys
import unittest
from pathlib import Path

from independent import Observer, Wrong, check

ROOT = Path(sys.argv.pop(1))
SAMPLE_PSK = {b"TestPskHint\0": b"TestPskData\0"}


def session(name):
    return json.loads((ROOT / "vectors/data" / name).read_text())


def observe(document):
    """Tells an Observer every message of a session vector, and compares what stands there with what comes out."""
    given = {key: bytes.fromhex(value) for key, value in document["inputs"].items()}
    psk = {given["psk_hint"]: given["psk"]} if "psk" in given else None
    private = {end: given[end + "_private"] for end in ("requester", "responder")} if psk is None else None
    observer = Observer(document["transport"] == "mctp", psk, private)
    keys = set()
    for message in document["messages"]:
        sender, plain, record = message["sender"], bytes.fromhex(message["bytes"]), message.get("record")
        if record is None:
            observer.clear(sender, plain)
            continue
        wire = bytes.fromhex(record["associated_data"] + record["ciphertext"] + record["tag"])
        check(observer.record(sender, wire) == plain, "the plaintext of " + message["message"])
        check(observer.plaintext.hex() == record["plaintext"], "plaintext")
        check(observer.nonce.hex() == record["nonce"], "nonce")
        check(observer.sequence == record["sequence_number"], "sequence_number")
        check(observer.associated.hex() == record["associated_data"], "associated_data")
        check(observer.epoch == record["epoch"], "epoch")
        direction = observer.last.records[sender]
        keys.add((sender, direction.epoch, direction.secret.hex(), direction.key.hex(), direction.iv.hex()))
    return observer, keys


class SessionVectors(unittest.TestCase):
    def secrets_of(self, name):
        document = session(name)
        observer, keys = observe(document)
        last = observer.last
        self.assertTrue(last.established and last.ended)
        self.assertEqual(document["transcripts"], {"th1_hash": last.th1.hex(), "th2_hash": last.th2.hex()})
        expected = {"handshake_secret": last.handshake_secret, "master_secret": last.master,
                    "export_master_secret": last.export}
        for sender, prefix in (("requester", "request"), ("responder", "response")):
            expected[prefix + "_handshake_secret"] = last.handshake_secrets[sender]
            expected[prefix + "_finished_key"] = last.finished[sender]
            expected[prefix + "_data_secret"] = last.data_secrets[sender]
        self.assertEqual(document["secrets"], {key: value.hex() for key, value in expected.items()})
        listed = {tuple(k[field] for field in ("sender", "epoch", "secret", "key", "iv")) for k in document["keys"]}
        self.assertLessEqual(keys, listed)
        # Each direction had its handshake, its data, and the updates that the messages ask for.
        self.assertEqual(len(listed), 7)
        return document, observer

    def test_psk(self):
        self.secrets_of("session-psk.json")

    def test_key_exchange(self):
        document, observer = self.secrets_of("session-key-exchange.json")
        self.assertEqual(observer.chain.hex(), document["inputs"]["certificate_chain"])
        self.assertEqual(observer.shared.hex(), document["inputs"]["shared_secret"])
        self.assertEqual(observer.signatures, 3)  # CHALLENGE_AUTH, KEY_EXCHANGE_RSP, MEASUREMENTS

    def test_one_flipped_bit_is_found(self):
        """In each message of both sessions: nothing here passes because nobody looked."""
        for name in ("session-psk.json", "session-key-exchange.json"):
            document = session(name)
            for i, message in enumerate(document["messages"]):
                for part, field in [(message, "bytes")] + [(message.get("record", {}), f) for f in
                                                           ("ciphertext", "tag", "associated_data")]:
                    if field not in part:
                        continue
                    whole = part[field]
                    part[field] = whole[:-1] + "%x" % (int(whole[-1], 16) ^ 1)
                    with self.subTest(name=name, message=i, field=field):
                        with self.assertRaises(Exception):
                            observe(document)
                    part[field] = whole


class RecordedSessions(unittest.TestCase):
    """The same code opens what another implementation has recorded."""

    def replay(self, name):
        data = (ROOT / "tests/captures" / name).read_bytes()
        mctp = struct.unpack_from("<I", data, 20)[0] == 291
        observer, at, opened, waiting = Observer(mctp, SAMPLE_PSK), 24, 0, False
        records, ended = 0, []
        while at < len(data):
            size = struct.unpack_from("<I", data, at + 8)[0]
            packet = data[at + 16:at + 16 + size]
            at += 16 + size
            kind, body = (packet[4] - 4, packet[5:]) if mctp else (packet[2], packet[8:])
            if kind == 1:
                waiting = body[1] >= 0x80
                observer.clear("requester" if waiting else "responder", body)
            elif kind == 2:
                waiting, records = not waiting, records + 1
                opened += observer.record("requester" if waiting else "responder", body) is not None
                if getattr(observer, "last", None) is not None and observer.last.ended and observer.last not in ended:
                    ended.append(observer.last)
        return observer, opened, records, ended

    def test_captures(self):
        """Every record opens but those of the second session, whose key tests/captures/README.md says is not known."""
        for name, of_second_session in (("doe_psk_tdisp_11.pcap", 18), ("doe_psk_tdisp_14.pcap", 18), ("mctp_psk_13.pcap", 0)):
            with self.subTest(capture=name):
                observer, opened, records, ended = self.replay(name)
                self.assertEqual(opened, records - of_second_session)
                self.assertGreater(opened, 10)
                self.assertEqual(len(ended), 1)


if __name__ == "__main__":
    unittest.main()
