"""SPDM sessions computed from the specifications alone (DSP0274, DSP0277), with python3-cryptography.

Nothing of Lockstep is used here: this is the second opinion on the vectors, and on recorded traffic. An Observer is told
the messages of one connection in their order; it derives every key, opens every record and checks every MAC and signature,
and raises Wrong where one does not fit.
"""
import hmac
import struct

from cryptography import x509
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

HASHES = {1: hashes.SHA256(), 2: hashes.SHA384(), 4: hashes.SHA512()}  # BaseHashSel
AEADS = {1: (16, AESGCM), 2: (32, AESGCM), 4: (32, ChaCha20Poly1305)}  # AEADCipherSuite
CURVES = {8: ec.SECP256R1(), 16: ec.SECP384R1(), 32: ec.SECP521R1()}  # DHE
ED25519 = 1 << 10  # BaseAsymSel


class Wrong(Exception):
    """Something does not fit, and what."""


def check(fits, what):
    if not fits:
        raise Wrong(what)


def u16(data, offset):
    return struct.unpack_from("<H", data, offset)[0]


def u32(data, offset):
    return struct.unpack_from("<I", data, offset)[0]


class KeySchedule:
    """DSP0274, "Key schedule"."""

    def __init__(self, version, algorithm):
        self.version, self.algorithm, self.size = version, algorithm, algorithm.digest_size

    def hash(self, data):
        digest = hashes.Hash(self.algorithm)
        digest.update(data)
        return digest.finalize()

    def hmac(self, key, data):
        return hmac.new(key, data, self.algorithm.name).digest()

    def expand(self, secret, label, context=b"", length=None):
        length = length or self.size
        info = struct.pack("<H", length) + b"spdm%d.%d " % (self.version >> 4, self.version & 15) + label + context
        return HKDFExpand(self.algorithm, length, info).derive(secret)

    def handshake(self, shared, salt):
        return self.hmac(salt, shared)

    def master(self, handshake):
        return self.hmac(self.expand(handshake, b"derived"), bytes(self.size))


class Direction:
    """The records of one sender: DSP0277, "Secured Message format"."""

    def __init__(self, session, epoch, secret):
        self.session = session
        self.use(epoch, secret)

    def use(self, epoch, secret):
        schedule, (key_size, aead) = self.session.schedule, self.session.aead
        self.epoch, self.secret, self.sequence = epoch, secret, 0
        self.key = schedule.expand(secret, b"key", length=key_size)
        self.iv = schedule.expand(secret, b"iv", length=12)
        self.cipher = aead(self.key)

    def update(self):
        number = int(self.epoch[5:]) + 1 if self.epoch.startswith("data-") else 1
        self.use("data-%d" % number, self.session.schedule.expand(self.secret, b"traffic upd"))

    def open(self, header, sealed):
        """Takes a sequence number. 1.0 and 1.1 do not say where it stands in the nonce."""
        for order in ("little", "big"):
            number = self.sequence.to_bytes(8, order)
            number = number + bytes(4) if order == "little" else bytes(4) + number
            self.nonce = bytes(a ^ b for a, b in zip(self.iv, number))
            try:
                plaintext = self.cipher.decrypt(self.nonce, sealed, header)
            except InvalidTag:
                continue
            self.sequence += 1
            return plaintext
        raise Wrong("the record with sequence number %d (%s) does not authenticate" % (self.sequence, self.epoch))


class Session:
    def __init__(self, observer, shared, salt, before, exchange, verify_data):
        self.schedule, self.aead = observer.schedule, observer.aead
        s = self.schedule
        self.th = before + exchange
        self.handshake_secret = s.handshake(shared, salt)
        th1 = self.th1 = s.hash(self.th)
        request = s.expand(self.handshake_secret, b"req hs data", th1)
        response = s.expand(self.handshake_secret, b"rsp hs data", th1)
        self.finished = {"requester": s.expand(request, b"finished"), "responder": s.expand(response, b"finished")}
        self.records = {"requester": Direction(self, "handshake", request),
                        "responder": Direction(self, "handshake", response)}
        self.handshake_secrets = {"requester": request, "responder": response}
        check(s.hmac(self.finished["responder"], th1) == verify_data, "ResponderVerifyData of the exchange")
        self.th += verify_data
        self.established = self.ended = False
        self.update_pending = None
        self.measurements = b""

    def finish(self, message):
        size = self.schedule.size
        so_far = message[:-size]
        expected = self.schedule.hmac(self.finished["requester"], self.schedule.hash(self.th + so_far))
        check(expected == message[-size:], "RequesterVerifyData")
        self.th += message

    def establish(self, response):
        s = self.schedule
        self.th += response
        th2 = self.th2 = s.hash(self.th)
        self.master = s.master(self.handshake_secret)
        self.export = s.expand(self.master, b"exp master", th2)
        self.data_secrets = {"requester": s.expand(self.master, b"req app data", th2),
                             "responder": s.expand(self.master, b"rsp app data", th2)}
        for sender, secret in self.data_secrets.items():
            self.records[sender].use("data", secret)
        self.established = True


class Observer:
    """One connection. `psk`: keys by hint; `private`: private numbers of requester or responder, for KEY_EXCHANGE."""

    def __init__(self, mctp, psk=None, private=None):
        self.mctp, self.psk, self.private = mctp, psk or {}, private
        self.sessions, self.unopened, self.signatures = {}, 0, 0
        self.request = b""

    # --- records -------------------------------------------------------------------------------------------------------

    def record(self, sender, record):
        """Opens one; returns what it held, or None where the session is not known."""
        identity = u32(record, 0)
        session = self.sessions.get(identity)
        if session is None:
            self.unopened += 1
            return None
        size = 8 if self.mctp else 6
        if sender == "responder" and session.update_pending == 2:
            session.records["responder"].update()
        direction = session.records[sender]
        if self.mctp:
            check(u16(record, 4) == direction.sequence & 0xFFFF, "sequence number of the record")
        sealed = record[size:size + u16(record, size - 2)]
        check(len(sealed) == u16(record, size - 2) and not any(record[size + len(sealed):]), "Length of the record")
        self.epoch, self.sequence = direction.epoch, direction.sequence
        plaintext = direction.open(record[:size], sealed)
        self.nonce, self.plaintext, self.associated = direction.nonce, plaintext, record[:size]
        message = plaintext[2:2 + u16(plaintext, 0)]
        check(len(message) == u16(plaintext, 0), "ApplicationDataLength")
        if self.mctp:
            if message[0] != 5:
                return message  # another protocol
            message = message[1:]
        self.inside(session, sender, message)
        return message

    def inside(self, session, sender, message):
        code = message[1]
        if sender == "requester":
            session.request = message
        if code in (0xE5, 0xE7):  # FINISH, PSK_FINISH
            session.finish(message)
        elif code in (0x65, 0x67):
            session.establish(message)
        elif code == 0xE9:  # KEY_UPDATE
            session.update_pending = message[2]
        elif sender == "responder" and session.update_pending is not None:
            check(code == 0x69, "KEY_UPDATE_ACK")
            if session.update_pending in (1, 2):
                session.records["requester"].update()
            session.update_pending = None
        elif code == 0x6C:  # END_SESSION_ACK
            session.ended = True
            self.sessions = {i: s for i, s in self.sessions.items() if s is not session}
            self.last = session
        elif code in (0xE0, 0x60):
            self.measurement(session, sender, message)

    def measurement(self, session, sender, message):
        session.measurements += message
        if sender == "responder" and session.request[2] & 1 and self.signs:
            start = self.vca if self.version >= 0x12 else b""
            self.verify("responder-measurements", start + session.measurements)
            session.measurements = b""

    # --- in the clear --------------------------------------------------------------------------------------------------

    def clear(self, sender, message):
        """A message outside sessions, with the padding of DOE."""
        code = message[1]
        if sender == "requester":
            self.request = message
            return
        if code == 0x7F:
            return
        request = self.request
        if code == 0x04:
            self.vca, self.b, self.chain = b"", b"", b""
            self.vca += request[:4] + message[:6 + 2 * message[5]]
        elif code == 0x61:
            size = {0x10: (4, 12), 0x11: (12, 12)}.get(request[0], (20, 20))
            block = len(message) if request[0] >= 0x13 and request[2] & 1 else size[1]
            self.version, self.measures = request[0], u32(message, 8) >> 3 & 3
            self.vca += request[:size[0]] + message[:block]
        elif code == 0x63:
            self.vca += request[:u16(request, 4)] + message[:u16(message, 4)]
            self.algorithms(message)
        elif code == 0x01:
            self.b += request[:4] + message[:4 + self.schedule.size * bin(message[3]).count("1")]
        elif code == 0x02:
            size = 8 + u16(message, 4)
            self.b += request[:8] + message[:size]
            self.chain += message[8:size]
        elif code == 0x03 and self.signs:
            self.verify("responder-challenge_auth", self.vca + self.b + request + message)
        elif code == 0x64:
            self.key_exchange(request, message)
        elif code == 0x66:
            self.psk_exchange(request, message)

    def algorithms(self, message):
        self.tables = {}
        start = 36 + 4 * (message[32] + message[33])
        for at in range(start, start + 4 * (message[2] if message[0] > 0x10 else 0), 4):
            self.tables[message[at]] = u16(message, at + 2)
        self.schedule = KeySchedule(self.version, HASHES[u32(message, 16)])
        self.aead = AEADS.get(self.tables.get(3, 0))
        self.signs = u32(message, 12) == ED25519  # other signatures are left to others

    def summary(self, request):
        return self.schedule.size if request[2] != 0 and self.measures else 0

    def psk_exchange(self, request, response):
        hint, context, opaque = u16(request, 6), u16(request, 8), u16(request, 10)
        request = request[:12 + hint + context + opaque]
        size = 12 + self.summary(request) + u16(response, 8) + u16(response, 10)
        verify_data = response[size:size + self.schedule.size]
        psk = self.psk.get(request[12:12 + hint])
        if psk is None:
            return
        salt = (b"\xff" if self.version >= 0x13 else b"\0") * self.schedule.size
        self.begin(request, response, Session(self, psk, salt, self.vca, request + response[:size], verify_data))

    def key_exchange(self, request, response):
        curve = CURVES.get(self.tables[2])
        if self.private is None or curve is None:
            return
        width = (curve.key_size + 7) // 8
        opaque = 40 + 2 * width
        request = request[:opaque + 2 + u16(request, opaque)]
        at = opaque + self.summary(request)
        signed = response[:at + 2 + u16(response, at)]
        signature = response[len(signed):-self.schedule.size]
        self.shared = self.exchange_secret(curve, width, request[40:opaque], response[40:opaque])
        before = self.vca + self.schedule.hash(self.chain)
        self.verify("responder-key_exchange_rsp", before + request + response[:-self.schedule.size])
        exchange = request + signed + signature
        verify_data = response[-self.schedule.size:]
        self.begin(request, response, Session(self, self.shared, bytes(self.schedule.size), before, exchange, verify_data))

    def exchange_secret(self, curve, width, request_data, response_data):
        ends = dict(zip(("requester", "responder"), (request_data, response_data)))
        secrets = set()
        for end, peer in (("requester", "responder"), ("responder", "requester")):
            own = ec.derive_private_key(int.from_bytes(self.private[end], "big"), curve)
            point = own.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
            check(point == b"\x04" + ends[end], "ExchangeData of the " + end)
            secrets.add(own.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(curve, b"\x04" + ends[peer])))
        check(len(secrets) == 1 and len(next(iter(secrets))) == width, "the ends have the same secret")
        return secrets.pop()

    def begin(self, request, response, session):
        self.sessions[u16(response, 4) << 16 | u16(request, 4)] = session
        self.last = session

    # --- signatures ----------------------------------------------------------------------------------------------------

    def verify(self, purpose, transcript):
        """The signature is the end of the transcript: Ed25519, in the form of versions from 1.2."""
        key = self.leaf().public_key()
        size = 64
        signed, signature = transcript[:-size], transcript[-size:]
        prefix = b"dmtf-spdm-v%d.%d.*" % (self.version >> 4, self.version & 15) * 4
        context = purpose.encode() + b" signing"
        key.verify(signature, prefix + bytes(36 - len(context)) + context + self.schedule.hash(signed))
        self.signatures += 1

    def leaf(self):
        """Of a chain whose signatures fit."""
        ders, at = [], 4 + self.schedule.size
        while at < len(self.chain):
            length = struct.unpack_from(">H", self.chain, at + 2)[0] if self.chain[at + 1] == 0x82 else None
            size = 4 + length if length else 2 + self.chain[at + 1] if self.chain[at + 1] < 0x80 else 3 + self.chain[at + 2]
            ders.append(self.chain[at:at + size])
            at += size
        check(self.schedule.hash(ders[0]) == self.chain[4:4 + self.schedule.size], "RootHash")
        certificates = [x509.load_der_x509_certificate(der) for der in ders]
        for issuer, subject in zip(certificates[:1] + certificates, certificates):
            issuer.public_key().verify(subject.signature, subject.tbs_certificate_bytes)
        return certificates[-1]
