#!/usr/bin/env python3
"""Turns catalogue.csv and false_alarms.csv into constant C++ data.

usage: generate.py CATALOGUE FALSE_ALARMS IDS_HEADER DATA_SOURCE
"""
import csv
import hashlib
import re
import sys
from pathlib import Path

ROLES = {
    "responder": "Role::responder",
    "requester": "Role::requester",
    "responder/requester": "Role::responder | Role::requester",
    "host": "Role::host",
}
CONFIDENCES = {"ok": "ok", "recall": "recall", "?": "unclear"}
TEXTS = ["id", "statement", "spec_reference", "stimulus", "expected", "tested_by", "why_uncertain", "basis", "audited"]


def rows(path):
    with open(path, newline="", encoding="ascii") as file:
        return sorted(csv.DictReader(file, strict=True), key=lambda row: row["id"])


def literal(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def one_of(row, column, *known):
    if row[column] not in known:
        raise ValueError(f"{row['id']}: {column} is '{row[column]}', expected one of {', '.join(known)}")
    return row[column]


def version_range(row):
    """"1.1-1.3" -> (0x11, 0x13); an open end, or none at all, is 0."""
    match = re.fullmatch(r"(?:1\.([0-4])-(?:1\.([0-4]))?)?", row["versions"])
    if not match:
        raise ValueError(f"{row['id']}: versions is '{row['versions']}'")
    return [f"0x1{minor}" if minor else "0" for minor in match.groups()]


def requirement(row):
    fields = [literal(row[column]) for column in TEXTS] + [
        "Level::" + one_of(row, "level", "SHALL", "SHOULD", "MAY"),
        ROLES[one_of(row, "role", *ROLES)],
        "Confidence::" + CONFIDENCES[one_of(row, "confidence", *CONFIDENCES)],
        "OnBreach::" + one_of(row, "verdict", "fail", "warn"),
        "Needs::" + one_of(row, "needs", "plain", "session", "injection"),
    ]
    return "    {" + ", ".join(fields + version_range(row)) + "},\n"


def false_alarm(row):
    return "    {" + ", ".join(literal(row[column]) for column in ("id", "trap", "rule")) + "},\n"


def ids_header(catalogue):
    ids = [row["id"] for row in catalogue]
    repeated = {id for id in ids if ids.count(id) > 1}
    if repeated:
        raise ValueError(f"ids used twice: {', '.join(sorted(repeated))}")
    return (
        "// Generated from model/requirements/catalogue.csv.\n#pragma once\n\n#include <string_view>\n\n"
        "namespace lockstep::detail {\nusing namespace std::string_view_literals;\n"
        "inline constexpr std::string_view rule_ids[] = {\n"
        + "".join(f'    "{id}"sv,\n' for id in ids)
        + "};\n}  // namespace lockstep::detail\n"
    )


def data_source(catalogue, alarms, version):
    return (
        "// Generated from model/requirements/catalogue.csv and false_alarms.csv.\n"
        '#include "requirements/catalogue.hpp"\n\nnamespace lockstep {\nnamespace {\n\n'
        "constexpr Requirement requirements[] = {\n" + "".join(map(requirement, catalogue)) + "};\n"
        "constexpr FalseAlarm alarms[] = {\n" + "".join(map(false_alarm, alarms)) + "};\n\n}  // namespace\n\n"
        "std::span<const Requirement> catalogue() { return requirements; }\n"
        "std::span<const FalseAlarm> false_alarms() { return alarms; }\n"
        f'std::string_view catalogue_version() {{ return "{version}"; }}\n\n}}  // namespace lockstep\n'
    )


def main(catalogue_path, alarms_path, header_path, source_path):
    catalogue, alarms = rows(catalogue_path), rows(alarms_path)
    version = hashlib.sha256(Path(catalogue_path).read_bytes()).hexdigest()[:12]
    Path(header_path).write_text(ids_header(catalogue), encoding="ascii")
    Path(source_path).write_text(data_source(catalogue, alarms, version), encoding="ascii")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except ValueError as error:
        sys.exit(f"requirement catalogue: {error}")
