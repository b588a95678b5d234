#!/usr/bin/env python3
"""The committed vectors follow their schemas, and the schemas refuse what does not.

usage: schema_test.py SOURCE_DIRECTORY
"""
import copy
import csv
import json
import sys
import unittest
from pathlib import Path

import jsonschema

ROOT = Path(sys.argv.pop(1))
DATA, SCHEMAS = ROOT / "vectors/data", ROOT / "vectors/schema"


def validator(name):
    schema = json.loads((SCHEMAS / name).read_text())
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)


def documents(pattern):
    return {path.name: json.loads(path.read_text()) for path in sorted(DATA.glob(pattern))}


class Schemas(unittest.TestCase):
    def test_messages(self):
        files = documents("messages-*.json")
        self.assertEqual(len(files), 4)
        for name, document in files.items():
            with self.subTest(file=name):
                validator("messages-1.json").validate(document)

    def test_sessions(self):
        files = documents("session-*.json")
        self.assertEqual(len(files), 2)
        for name, document in files.items():
            with self.subTest(file=name):
                validator("session-1.json").validate(document)

    def refused(self, schema, document, change):
        broken = copy.deepcopy(document)
        change(broken)
        self.assertFalse(validator(schema).is_valid(broken))

    def test_what_is_wrong_is_refused(self):
        messages = documents("messages-tdisp.json")["messages-tdisp.json"]
        for change in (lambda d: d.update(schema="lockstep-messages-2"),
                       lambda d: d["messages"][0].update(more=1),
                       lambda d: d["messages"][0]["valid"].clear(),
                       lambda d: d["messages"][0]["valid"][0].update(bytes="1"),
                       lambda d: d["messages"][0]["invalid"][0].update(kind="odd"),
                       lambda d: d["messages"][0]["invalid"][0].update(requirement="TDISP")):
            self.refused("messages-1.json", messages, change)
        session = documents("session-psk.json")["session-psk.json"]
        for change in (lambda d: d["secrets"].pop("master_secret"),
                       lambda d: d["messages"][0].update(sender="somebody"),
                       lambda d: d["messages"][-1]["record"].pop("tag"),
                       lambda d: d["inputs"].clear()):
            self.refused("session-1.json", session, change)


class Contents(unittest.TestCase):
    def test_ids_are_unique_and_requirements_exist(self):
        with open(ROOT / "model/requirements/catalogue.csv", newline="") as table:
            known = {row["id"] for row in csv.DictReader(table)}
        self.assertGreater(len(known), 500)
        ids = []
        for document in documents("messages-*.json").values():
            for message in document["messages"]:
                for vector in message["valid"] + message["invalid"]:
                    ids.append(document["about"] + vector["id"])
                    self.assertIn(vector.get("requirement", next(iter(known))), known)
        self.assertEqual(len(ids), len(set(ids)))

    def test_every_message_has_valid_and_truncated_examples(self):
        for document in documents("messages-*.json").values():
            for message in document["messages"]:
                kinds = {vector["kind"] for vector in message["invalid"]}
                with self.subTest(message=message["message"]):
                    self.assertTrue(message["valid"])
                    self.assertIn("truncated", kinds)


if __name__ == "__main__":
    unittest.main()
