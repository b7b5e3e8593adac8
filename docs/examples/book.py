#!/usr/bin/env python3
"""Keeps an exact order book from Tidegate's WebSocket stream. Python standard library only.

    book.py --url ws://127.0.0.1:8090/v1/stream --symbol BTC-USD --for 10

Prints the best prices as they change. Reconnects by itself, when the gateway says so, and resumes with "since", so that a short
outage costs nothing but the time: the gateway sends what was missed, or a fresh snapshot when that is no longer kept. Every second it compares what it
got with what the gateway says that it sent. --drop-after N cuts the connection after N messages, to show it. The class Book is what you would take into your own program.
"""
import argparse
import base64
import hashlib
import json
import math
import os
import random
import socket
import ssl
import struct
import sys
import time
import urllib.parse
from decimal import Decimal


class Gap(Exception):
    """A message does not follow the last one; the book must be fetched again."""


class Book:
    """Price levels of one symbol, exact as long as every message was applied in order."""

    def __init__(self, depth=None):
        self.depth = depth
        self.bids, self.asks = {}, {}
        self.epoch, self.seq = None, None
        self.whole = True

    def apply(self, message):
        """Takes one message of the channel "book"; False when it was known already."""
        complete = message.get("part", 1) == message.get("parts", 1)
        if message["kind"] == "snapshot":
            # A large book comes in parts: the first one replaces what there was, and with the last one the book is whole.
            if message.get("part", 1) == 1:
                self.bids, self.asks = {}, {}
            self.epoch = message["epoch"]
            # A slow reader is sent fewer levels than it asked for, until it keeps up again.
            self.whole = message.get("depth") == self.depth
        elif self.seq is None or message["seq"] <= self.seq:
            return False
        elif message["prevSeq"] > self.seq:
            raise Gap(f"have {self.seq}, message joins {message['prevSeq']} to {message['seq']}")
        self._set(self.bids, message["bids"])
        self._set(self.asks, message["asks"])
        self.seq = message["seq"] if complete else None
        return True

    @staticmethod
    def _set(side, levels):
        for price, size in levels:
            # Decimals, never floats: 0.1 must be 0.1, and "100.10" is the same price as "100.1".
            if Decimal(size) == 0:
                side.pop(Decimal(price), None)
            else:
                side[Decimal(price)] = Decimal(size)

    def best(self):
        return (max(self.bids) if self.bids else None, min(self.asks) if self.asks else None)

    def since(self):
        """What to resume from; None at the first time, and while levels are missing that were asked for."""
        return {"epoch": self.epoch, "seq": self.seq} if self.seq is not None and self.whole else None


class Receipts:
    """Counts the messages of one connection, to be compared with what the gateway says that it sent: then none is missing, not even the last."""

    EVERY = 1.0

    def __init__(self):
        self.messages, self.digest = 0, 0
        self.due = time.monotonic() + 3 * self.EVERY

    def take(self, message):
        text = "\n".join(str(message.get(field, "")) for field in ("channel", "symbol", "epoch", "seq"))
        one = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
        self.messages += 1
        self.digest = (self.digest * 6364136223846793005 + one) % 2**64

    def check(self, heartbeat):
        mine = (self.messages, f"{self.digest:016x}")
        sent = (heartbeat["messages"], heartbeat["digest"])
        if mine != sent:
            raise Missed(f"got {mine}, the gateway sent {sent}")
        self.due = time.monotonic() + 1.5 * self.EVERY

    def late(self):
        return time.monotonic() > self.due


class Missed(Exception):
    """What came is not what was sent: nothing of this connection is known to be right."""


class Closed(Exception):
    """The server closed; codes from 4500 on mean: do not come back unchanged."""

    def __init__(self, code, reason):
        super().__init__(f"closed with {code} {reason}".strip())
        self.code = code
        _, hint, millis = reason.rpartition("retryAfter=")
        self.retry_after = int(millis) / 1000 if hint and millis.isdigit() else None


class WebSocket:
    """The little of RFC 6455 that a client of text messages needs."""

    GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

    def __init__(self, url, headers=(), timeout=30):
        parts = urllib.parse.urlsplit(url)
        secure = parts.scheme == "wss"
        port = parts.port or (443 if secure else 80)
        self.socket = socket.create_connection((parts.hostname, port), timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if secure:
            self.socket = ssl.create_default_context().wrap_socket(self.socket, server_hostname=parts.hostname)
        self.input = self.socket.makefile("rb")
        key = base64.b64encode(os.urandom(16)).decode()
        path = parts.path or "/"
        if parts.query:
            path += "?" + parts.query
        lines = [f"GET {path} HTTP/1.1", f"Host: {parts.hostname}:{port}", "Upgrade: websocket", "Connection: Upgrade",
                 f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13", *(f"{n}: {v}" for n, v in headers)]
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        status = self.input.readline().decode().strip()
        answer = {}
        for line in iter(self.input.readline, b"\r\n"):
            if not line:
                raise ConnectionError("the server closed during the handshake")
            name, _, value = line.decode().partition(":")
            answer[name.strip().lower()] = value.strip()
        if " 101 " not in status + " ":
            body = self.input.read(int(answer.get("content-length", 0))).decode(errors="replace")
            raise Closed(4502 if " 401" in status else 1002, f"{status} {body}")
        expected = base64.b64encode(hashlib.sha1((key + self.GUID).encode()).digest()).decode()
        if answer.get("sec-websocket-accept") != expected:
            raise ConnectionError("the server's handshake does not belong to ours")

    def send(self, message):
        self._frame(1, json.dumps(message).encode())

    def receive(self):
        """The next message; answers pings on the way."""
        text = b""
        while True:
            first, second = self._read(2)
            length = second & 0x7F
            if length == 126:
                length = struct.unpack(">H", self._read(2))[0]
            elif length == 127:
                length = struct.unpack(">Q", self._read(8))[0]
            payload = self._read(length)
            operation = first & 0x0F
            if operation == 8:
                code = struct.unpack(">H", payload[:2])[0] if len(payload) >= 2 else 1005
                raise Closed(code, payload[2:].decode(errors="replace"))
            if operation == 9:
                self._frame(10, payload)
            elif operation in (0, 1):
                text += payload
                if first & 0x80:
                    return json.loads(text)

    def close(self):
        try:
            self._frame(8, struct.pack(">H", 1000))
        except OSError:
            pass
        self.cut()

    def cut(self):
        """Without a good-bye, as a network does it."""
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.input.close()
        self.socket.close()

    def _read(self, count):
        data = self.input.read(count)
        if len(data) < count:
            raise ConnectionError("the connection broke")
        return data

    def _frame(self, operation, payload):
        mask = os.urandom(4)
        length = len(payload)
        head = bytes([0x80 | operation])
        if length < 126:
            head += bytes([0x80 | length])
        elif length < 65536:
            head += bytes([0x80 | 126]) + struct.pack(">H", length)
        else:
            head += bytes([0x80 | 127]) + struct.pack(">Q", length)
        self.socket.sendall(head + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(payload)))


class Follower:
    """Keeps one book over as many connections as it takes."""

    def __init__(self, opts):
        self.opts = opts
        self.book = Book(opts.depth)
        self.end = time.monotonic() + opts.seconds
        self.messages = 0
        self.connections = 0
        self.proofs = 0
        self.shown = None
        self.move_at = math.inf

    def run(self):
        pause = 0.1
        while time.monotonic() < self.end:
            before = self.messages
            told = None
            try:
                told = self.follow()
            except Closed as e:
                print(e, file=sys.stderr)
                if e.code >= 4500:
                    return 1
                told = e.retry_after
            except Gap as e:
                print(f"gap: {e}; asking for a snapshot", file=sys.stderr)
                self.book = Book(self.opts.depth)
            except Missed as e:
                print(f"missed: {e}; beginning anew", file=sys.stderr)
                self.book = Book(self.opts.depth)
            except (OSError, ValueError) as e:
                print(f"connection: {e}", file=sys.stderr)
            pause = 0.1 if self.messages > before else min(pause * 2, 5)
            # Everybody lost the connection at the same moment: do not all come back at the same moment. The gateway tells each
            # client a moment of its own when it closes; a connection that just breaks cannot.
            wait = pause * random.uniform(0.5, 1) if told is None else told
            time.sleep(max(0.0, min(wait, self.end - time.monotonic())))
        return 0 if self.messages else 1

    def follow(self):
        """One connection; 0 when the gateway has asked us to go on elsewhere now."""
        headers = [("X-API-Key", self.opts.key)] if self.opts.key else []
        web = WebSocket(self.opts.url, headers, timeout=max(1.0, self.end - time.monotonic()))
        self.connections += 1
        self.move_at = math.inf
        self.receipts = Receipts()
        try:
            web.send({"op": "heartbeat", "every": int(1000 * Receipts.EVERY)})
            channel = {"channel": "book", "symbol": self.opts.symbol, "window": self.opts.window}
            if self.opts.depth:
                channel["depth"] = self.opts.depth
            if self.book.since():
                channel["since"] = self.book.since()
            web.send({"op": "subscribe", "id": 1, "channels": [channel]})
            while time.monotonic() < min(self.end, self.move_at):
                web.socket.settimeout(max(0.1, min(self.end, self.move_at, self.receipts.due + 0.1) - time.monotonic()))
                try:
                    if self.take(web.receive()):
                        return None
                except TimeoutError:
                    pass
                if self.receipts.late():
                    raise ConnectionError("no heartbeat: the connection, or who is at its other end, stands still")
        finally:
            web.cut()
        return 0 if time.monotonic() >= self.move_at else None

    def take(self, frame):
        """True when this connection has ended."""
        if isinstance(frame, dict):
            if frame.get("op") == "subscribed":
                if frame["channels"][0].get("pending"):
                    print("subscribed, waiting for the book", file=sys.stderr)
                    return False  # it is acknowledged once more
                recovered = frame["channels"][0].get("recovered")
                print(f"subscribed, recovered: {str(recovered).lower()}", file=sys.stderr)
            elif frame.get("op") == "error":
                raise Closed(4501, f"{frame.get('code')}: {frame.get('detail')}")
            elif frame.get("op") == "heartbeat":
                self.receipts.check(frame)
                self.proofs += 1
            elif frame.get("op") in ("notice", "reconnect"):
                print(f"{frame['op']}: {frame.get('detail')}", file=sys.stderr)
            if frame.get("op") == "reconnect":
                self.move_at = time.monotonic() + frame.get("retryAfter", 0) / 1000
            return False
        for message in frame:
            self.receipts.take(message)
            if message.get("channel") == "book" and self.book.apply(message):
                self.messages += 1
                self.show(message)
                if self.opts.drop_after and self.messages == self.opts.drop_after:
                    print("cutting the connection", file=sys.stderr)
                    return True
        return False

    def show(self, message):
        best = self.book.best()
        if best != self.shown and not self.opts.quiet:
            print(f"{message['seq']:>10}  bid {best[0]}  ask {best[1]}", flush=True)
        self.shown = best


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="ws://127.0.0.1:8090/v1/stream")
    parser.add_argument("--symbol", default="BTC-USD")
    parser.add_argument("--key", help="API key")
    parser.add_argument("--depth", type=int, help="levels of each side (default: the full book)")
    parser.add_argument("--window", type=int, default=100, help="milliseconds: 0, 10, 20, 50, 100, 250, 500 or 1000 (default 100)")
    parser.add_argument("--for", dest="seconds", type=float, default=10, metavar="SECONDS")
    parser.add_argument("--drop-after", type=int, metavar="N", help="cut the connection once, after N messages")
    parser.add_argument("--quiet", action="store_true", help="only the summary")
    opts = parser.parse_args()
    follower = Follower(opts)
    try:
        code = follower.run()
    except KeyboardInterrupt:
        code = 0
    book = follower.book
    print(f"{opts.symbol}: {follower.messages} messages over {follower.connections} connections, {follower.proofs} times proven complete, "
          f"{len(book.bids)} bids, {len(book.asks)} asks, best {book.best()[0]} / {book.best()[1]}")
    return code


if __name__ == "__main__":
    sys.exit(main())
