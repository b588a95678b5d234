#!/usr/bin/env python3
"""A shim for Lockstep: frames on standard input and output, and a device that knows one request.

docs/shim.md describes the frames. Copy this file and let respond() talk to your device.

    lockstep test --target "shim:python3 shim.py" --filter spdm/version/served
"""
import json
import struct
import sys

HELLO = {"lockstep_shim": 1, "name": "example in Python", "transport": "none", "reset": True}
HEADER = struct.Struct("<IBB")  # size of what follows, kind, tag
COUNTED = 2  # bytes of the header that the size counts
LIMIT = 1 << 20


def read_exactly(size):
    data = sys.stdin.buffer.read(size)
    if len(data) != size:
        sys.exit("shim: the input ends inside a frame")
    return data


def frames():
    """Every question as (kind, tag, body). The end of the input, between two frames, is the end of the work."""
    while sys.stdin.buffer.peek(1):
        size, kind, tag = HEADER.unpack(read_exactly(HEADER.size))
        if not COUNTED <= size <= COUNTED + LIMIT:
            sys.exit(f"shim: a frame of {size} bytes")
        yield chr(kind), tag, read_exactly(size - COUNTED)


def write(kind, tag, body=b""):
    sys.stdout.buffer.write(HEADER.pack(COUNTED + len(body), ord(kind), tag) + body)
    sys.stdout.buffer.flush()


def respond(message):
    """SPDM (DSP0274) as far as its first message: versions 1.1 and 1.2, everything else is refused.

    A real shim sends the message to the device here, and gives back what it answers."""
    if message[1:2] == b"\x84":
        if message[0] != 0x10:
            return bytes([0x10, 0x7F, 0x41, 0])  # ERROR VersionMismatch
        if len(message) >= 4:
            return bytes([0x10, 0x04, 0, 0, 0, 2, 0x00, 0x11, 0x00, 0x12])
    return bytes([0x10, 0x7F, 0x01, 0])  # ERROR InvalidRequest


def main():
    write("H", 0, json.dumps(HELLO).encode())
    for kind, tag, body in frames():
        if kind == "C":  # a message in the clear
            write("C", tag, respond(body))
        elif kind == "S":  # a secured record: this device has no sessions, and says nothing to one
            write("N", tag)
        else:  # "I", a stimulus, and whatever later versions ask for
            write("U", tag)


if __name__ == "__main__":
    main()
