"""Everybody connects at once: to one process, and to five; then they only stay."""
import time

from benchmarks.common import cpu_seconds, gateway, loadgen, resident_kb, say, table

SESSIONS, PROCESSES, SETTLE, STAY = 19_000, 5, 20, 45
HEAD = ["processes", "sessions", "refused", "connects/s", "core while they stay", "RSS MB a process"]


def measure(processes, opts):
    runs = []
    for count in (1, PROCESSES):
        nodes = [stream_only(processes, f"n-connect-{count}-{i}") for i in range(count)]
        runs.append(storm(nodes))
        processes.stop_all()
    return {"runs": runs, "table": table(HEAD, [
        [str(r["processes"]), str(r["sessions"]), str(r["refused"]), f"{r['rate']:.0f}", f"{r['core']:.1%}", f"{r['rss']:.0f}"] for r in runs])}


def stream_only(processes, name):
    heap = ["-Xms256m", "-Xmx256m"]
    process, _, port, _ = gateway(processes, name, {"STREAM": 1, "ADMIN": 1}, jvm=heap,
                                  stream={"tiers": {"anonymous": {"connectionsPerAddress": 1_000_000}}, "ping": "15s", "gone": "40s"})
    return process, port


def storm(nodes):
    """One client a process and after each other, from an address of its own: a local address has too few ports for all."""
    clients, up, refused, seconds = [], 0, 0, 0.0
    try:
        for number, (_, port) in enumerate(nodes):
            client, state = loadgen("--n", SESSIONS, "--port", port, "--idle", "--warm", 0, "--hold", 600, "--mode", "tidegate",
                                    "--path", "/v1/stream", "--src", f"127.0.0.{number + 2}")
            clients.append(client)
            up, refused, seconds = up + state["up"], refused + state["refused"], seconds + state["seconds"]
        core = stay(nodes)
        rss = sum(resident_kb(process) for process, _ in nodes) / len(nodes) / 1024
    finally:
        for client in clients:
            client.terminate()
            client.wait()
    say(f"connects: {up} at {up / seconds:.0f}/s, {core:.1%} of a core while they stay")
    return {"processes": len(nodes), "sessions": up, "refused": refused, "rate": up / seconds, "core": core, "rss": rss}


def stay(nodes):
    """The share of a core that all processes together take for keeping their sessions, pings included."""
    time.sleep(SETTLE)  # the compiler works on after the storm
    before, begin = sum(cpu_seconds(process) for process, _ in nodes), time.monotonic()
    time.sleep(STAY)
    return (sum(cpu_seconds(process) for process, _ in nodes) - before) / (time.monotonic() - begin)
