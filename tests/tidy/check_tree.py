#!/usr/bin/env python3
"""Habits of this tree that no compiler checks. Prints each breach as file:line: what, and fails when there is one.

usage: check_tree.py ROOT
"""
import re
import subprocess
import sys
from pathlib import Path

CODE = {".cpp", ".hpp", ".h", ".c", ".py", ".sh", ".cmake", ""}
TEXT = CODE | {".md", ".txt", ".json", ".yml", ".yaml"}
CPP = {".cpp", ".hpp", ".h", ".c"}
LONGEST = 600
ROOMS = ("model", "conformance", "cli")

# (files it concerns, what must not stand there, how to say it). The brackets keep this file from matching itself.
FORBIDDEN = [
    (CPP, re.compile(r'#\s*include\s*["<][^">]*\.\./'), "include leaves its layer"),
    (TEXT, re.compile(r"\b(T[O]DO|F[I]XME|X[X]X)\b"), "unfinished work"),
    (TEXT, re.compile(r"n[o]t\s+implemented", re.IGNORECASE), "unfinished work"),
    (TEXT, re.compile(r"(?<![\w.~-])/(home|root|work|Users|tmp/lab)/"), "path of one machine"),
]


def files(root):
    """What is or may be committed; without git, everything outside the build folders."""
    command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, capture_output=True, check=True).stdout.decode()
        names = [root / name for name in listed.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        hidden = {".git", "build", "out"}
        names = [path for path in root.rglob("*") if not hidden & set(path.relative_to(root).parts)]
    return sorted(path for path in names if path.is_file() and path.suffix in TEXT)


def breaches(root):
    paths = files(root)
    if not paths:
        yield f"{root}:1: no file to check"
    for path in paths:
        name = path.relative_to(root)
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            yield f"{name}:1: not UTF-8 text"
            continue
        for number, line in enumerate(lines, 1):
            for suffixes, pattern, what in FORBIDDEN:
                if path.suffix in suffixes and pattern.search(line):
                    yield f"{name}:{number}: {what}"
        if path.suffix in {".hpp", ".h"} and "#pragma once" not in lines:
            yield f"{name}:1: header without #pragma once"
        if name.parts[0] in ROOMS and path.suffix in CODE and len(lines) > LONGEST:
            yield f"{name}:{LONGEST}: {len(lines)} lines, the limit is {LONGEST}"


if __name__ == "__main__":
    found = list(breaches(Path(sys.argv[1]).resolve()))
    print("\n".join(found))
    sys.exit(len(found) > 0)
