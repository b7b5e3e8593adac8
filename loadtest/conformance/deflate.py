"""permessage-deflate against an echo: what Autobahn's groups 12 and 13 try, which the suite on Maven Central is too old for.

Every offer that a client may make, with 18 shapes of messages each: 16 bytes to 128 KB, whole and in fragments. Each
message must come back the same, compressed by the rules that the server agreed to.
"""
import os
import random
import socket
import struct
import zlib
from urllib.parse import urlsplit

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
TAIL = b"\0\0\xff\xff"
TEXT, BINARY, CONTINUATION, CLOSE = 1, 2, 0, 8

OFFERS = [
    "permessage-deflate",
    "permessage-deflate; client_max_window_bits",
    "permessage-deflate; client_no_context_takeover; server_no_context_takeover",
    "permessage-deflate; server_max_window_bits=15; client_max_window_bits=9",
    "permessage-deflate; server_no_context_takeover; server_max_window_bits=15",
    "permessage-deflate; server_max_window_bits=9, permessage-deflate; server_no_context_takeover, permessage-deflate",
    "permessage-deflate; server_max_window_bits=9",
    "permessage-deflate; server_no_context_takeover; server_max_window_bits=12; client_max_window_bits",
    "permessage-deflate; server_max_window_bits=8",
]
# Size of a message, size of its fragments (0: one frame).
SHAPES = [(n, 0) for n in (16, 64, 256, 1024, 4096, 8192, 16384, 32768, 65536, 131072)]
SHAPES += [(n, 256) for n in (8192, 16384, 32768, 65536, 131072)] + [(131072, n) for n in (1024, 4096, 32768)]
BYTES = 1024 * 1024  # for each case, at most
MESSAGES = 100


class Failed(Exception):
    pass


class Client:
    def __init__(self, url, offer):
        at = urlsplit(url)
        self.socket = socket.create_connection((at.hostname, at.port), 20)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.socket.makefile("rb", 1 << 18)
        self.socket.sendall(
            f"GET {at.path} HTTP/1.1\r\nHost: {at.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {KEY}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Extensions: {offer}\r\n\r\n".encode())
        head = iter(self.file.readline, b"\r\n")
        status = next(head).decode()
        if " 101 " not in status:
            raise Failed(f"not upgraded: {status.strip()}")
        headers = dict(line.decode().strip().lower().split(": ", 1) for line in head)
        agreed = [part.strip() for part in headers.get("sec-websocket-extensions", "").split(";")]
        self.compressed = agreed[0] == "permessage-deflate"
        self.agreed = set(agreed[1:])
        self.window = next((int(word.split("=")[1]) for word in self.agreed if word.startswith("server_max_window_bits=")), 15)
        self.deflate = self.inflate = None

    def send(self, opcode, message, fragment):
        if self.compressed:
            if self.deflate is None or "client_no_context_takeover" in self.agreed:
                self.deflate = zlib.compressobj(wbits=-15)
            message = (self.deflate.compress(message) + self.deflate.flush(zlib.Z_SYNC_FLUSH))[:-4]
        out = bytearray()
        size = fragment or len(message) or 1
        starts = range(0, max(len(message), 1), size)
        for start in starts:
            part = message[start:start + size]
            first = (opcode | (0x40 if self.compressed else 0)) if start == 0 else CONTINUATION
            out += frame(first | (0x80 if start == starts[-1] else 0), part)
        self.socket.sendall(out)

    def receive(self):
        whole, first = b"", None
        while True:
            head, length = self.read(2)
            if length & 0x80:
                raise Failed("a server's frame is masked")
            if length == 126:
                length, = struct.unpack(">H", self.read(2))
            elif length == 127:
                length, = struct.unpack(">Q", self.read(8))
            payload = self.read(length)
            if head & 15 == CLOSE:
                raise Failed(f"closed: {payload[2:].decode()} ({struct.unpack('>H', payload[:2])[0] if payload else 'no code'})")
            first = head if first is None else first
            whole += payload
            if head & 0x80:
                break
        if first & 0x40:
            if not self.compressed:
                raise Failed("compressed without an agreement")
            if self.inflate is None or "server_no_context_takeover" in self.agreed:
                self.inflate = zlib.decompressobj(wbits=-self.window)
            whole = self.inflate.decompress(whole + TAIL)
        return first & 15, whole

    def read(self, count):
        data = self.file.read(count)
        if len(data) < count:
            raise Failed("the connection ended")
        return data

    def close(self):
        self.socket.sendall(frame(0x80 | CLOSE, struct.pack(">H", 1000)))
        try:
            self.receive()
        except Failed as e:
            if "(1000)" in str(e):
                return
            raise
        finally:
            self.socket.close()
        raise Failed("the close was not answered")


def frame(first, payload):
    mask = os.urandom(4)
    length = len(payload)
    if length < 126:
        head = struct.pack(">BB", first, 0x80 | length)
    elif length < 65536:
        head = struct.pack(">BBH", first, 0xFE, length)
    else:
        head = struct.pack(">BBQ", first, 0xFF, length)
    key = (mask * (length // 4 + 1))[:length]
    masked = int.from_bytes(payload, "big") ^ int.from_bytes(key, "big")
    return head + mask + masked.to_bytes(length, "big")


def text(size, dice):
    """JSON of market data, cut to the size."""
    line = '{"channel":"trades","symbol":"BTC-USD","price":"%d.%02d","size":"0.%05d","side":"%s","venue":"Zürich"}'
    out = bytearray()
    while len(out) < size:
        out += (line % (dice.randrange(90_000), dice.randrange(100), dice.randrange(100_000), dice.choice(("buy", "sell")))).encode()
    whole = bytes(out[:size]).decode("utf-8", "ignore").encode()
    return whole + b" " * (size - len(whole))


def case(url, offer, size, fragment):
    dice = random.Random(size * 7 + fragment)
    client = Client(url, offer)
    try:
        if not client.compressed:
            raise Failed("compression was declined")
        first = offer.split(",")[0]
        if "server_max_window_bits=" in first and f"server_max_window_bits={client.window}" not in first:
            raise Failed(f"server_max_window_bits: {client.window} (expected as offered)")
        if any(word.startswith("client_max_window_bits") for word in client.agreed) and "client_max_window_bits" not in offer:
            raise Failed("agreed to what was not offered: client_max_window_bits")
        for i in range(max(4, min(MESSAGES, BYTES // size))):
            opcode = TEXT if i % 4 else BINARY
            message = text(size, dice) if opcode == TEXT else dice.randbytes(size)
            client.send(opcode, message, fragment)
            if client.receive() != (opcode, message):
                raise Failed(f"message {i} came back changed")
        client.close()
    finally:
        client.socket.close()


def run(url, say):
    """Runs all cases; returns how many there were, and the failures as lines."""
    count, failures = 0, []
    for offer in OFFERS:
        for size, fragment in SHAPES:
            count += 1
            try:
                case(url, offer, size, fragment)
            except (Failed, OSError, zlib.error) as e:
                failures.append(f"{offer} | {size} bytes in fragments of {fragment or size}: {e}")
        say(f"deflate: {offer}")
    return count, failures
