"""What each session holds: idle, and with a book and permessage-deflate."""
import itertools
import json
import resource
import socket

from benchmarks.common import SYMBOLS, builds, ceiling, held_kb, loadgen, say, stream_node, table

PRETOUCH = ["-XX:+AlwaysPreTouch"]
IDLE = ["--idle"]
BOOK = ["--channel", "book", "--k", "1", "--deflate"]


def measure(processes, opts):
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 200
    count = min(opts.idle_sessions, most)
    rows = [(r["name"], "idle", r["process"], r["port"], [*r["load"], *IDLE]) for r in (
        ceiling(processes, "vertx-plain", "shared", more=PRETOUCH), ceiling(processes, "vertx-detached", "shared", more=[*PRETOUCH, "-Ddetach=true"]))]
    if not opts.dry:
        for (name, jar), (kind, more) in itertools.product(builds(opts), (("idle", IDLE), ("a book, deflate", BOOK))):
            process, port, _, feed = stream_node(processes, f"n-memory-{len(rows)}", jvm=PRETOUCH, jar=jar)
            books(feed)
            rows.append((name, kind, process, port, ["--mode", "tidegate", "--path", "/v1/stream", *more]))
    runs = [memory_run(*row, count) for row in rows]
    processes.stop_all()
    return {"runs": runs, "table": table(["row", "sessions", "they do", "KB a session"], [
        [r["row"], str(r["sessions"]), r["kind"], f"{r['kb']:.1f}"] for r in runs])}


def books(feed):
    """Twenty levels a side for each symbol."""
    with socket.create_connection(("127.0.0.1", feed), 5) as out:
        for symbol in range(SYMBOLS):
            bids, asks = ([[f"{60000 + side * (i + 1) / 10:.2f}", f"{1 + i / 7:.5f}"] for i in range(20)] for side in (-1, 1))
            record = {"type": "book.snapshot", "symbol": f"SYM{symbol:04d}", "time": 1, "bids": bids, "asks": asks}
            out.sendall((json.dumps(record) + "\n").encode())


def memory_run(name, kind, process, port, load, count):
    """The first sessions load classes and fill pools, so a fifth comes and goes before."""
    hold(process, port, load, count // 5)
    before = held_kb(process)
    up, after = hold(process, port, load, count)
    say(f"memory {name} {kind}: {(after - before) / max(up, 1):.1f} KB for each of {up}")
    return {"row": name, "kind": kind, "sessions": up, "kb": (after - before) / max(up, 1)}


def hold(process, port, load, count):
    """Connects that many sessions; returns how many stand and what the process then holds."""
    client, state = loadgen("--n", count, "--port", port, "--warm", 0, "--hold", 600, *load)
    try:
        return state["up"], held_kb(process)
    finally:
        client.terminate()
        client.wait()
