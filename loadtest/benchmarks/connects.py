"""Everybody connects at once: to one process, and to five; then they only stay."""
import re
import time

from benchmarks.common import cpu_seconds, gateway, held_kb, loadgen, resident_kb, say, table

SESSIONS, PROCESSES, SETTLE, STAY = 19_000, 5, 20, 45
HEAD = ["processes", "sessions", "refused", "connects/s", "core while they stay", "us/s a session", "KB a session", "kernel KB, both ends", "RSS MB a process"]


def measure(processes, opts):
    runs = []
    for count in (1, PROCESSES):
        nodes = [stream_only(processes, f"n-connect-{count}-{i}") for i in range(count)]
        runs.append(storm(nodes))
        processes.stop_all()
    return {"runs": runs, "table": table(HEAD, [
        [str(r["processes"]), str(r["sessions"]), str(r["refused"]), f"{r['rate']:.0f}", f"{r['core']:.1%}",
         f"{r['us']:.2f}", f"{r['kb']:.1f}", f"{r['kernel']:.1f}", f"{r['rss']:.0f}"] for r in runs])}


def stream_only(processes, name):
    heap = ["-Xms256m", "-Xmx256m", "-XX:+AlwaysPreTouch"]
    process, _, port, _ = gateway(processes, name, {"STREAM": 1, "ADMIN": 1}, jvm=heap,
                                  stream={"tiers": {"anonymous": {"connectionsPerAddress": 1_000_000}}, "ping": "15s", "gone": "40s"})
    return process, port


def storm(nodes, sessions=SESSIONS):
    """One client a process and after each other, from an address of its own: a local address has too few ports for all."""
    clients, up, refused, seconds = [], 0, 0, 0.0
    held, slab = sum(held_kb(process) for process, _ in nodes), kernel_kb()
    try:
        for number, (_, port) in enumerate(nodes):
            client, state = loadgen("--n", sessions, "--port", port, "--idle", "--warm", 0, "--hold", 600, "--mode", "tidegate",
                                    "--path", "/v1/stream", "--src", f"127.0.0.{number + 2}")
            clients.append(client)
            up, refused, seconds = up + state["up"], refused + state["refused"], seconds + state["seconds"]
        core = stay(nodes)
        slab, held = kernel_kb() - slab, sum(held_kb(process) for process, _ in nodes) - held
        rss = sum(resident_kb(process) for process, _ in nodes) / len(nodes) / 1024
    finally:
        for client in clients:
            client.terminate()
            client.wait()
    say(f"connects: {up} at {up / seconds:.0f}/s, {core:.1%} of a core while they stay")
    return {"processes": len(nodes), "sessions": up, "refused": refused, "rate": up / seconds, "core": core, "rss": rss,
            "us": core * 1e6 / up, "kb": held / up, "kernel": slab / up}


def kernel_kb():
    """What the kernel holds for sockets, their files and what they wait in; both ends of a connection are on this machine."""
    with open("/proc/meminfo") as f:
        return int(re.search(r"Slab:\s+(\d+)", f.read()).group(1))


def stay(nodes):
    """The share of a core that all processes together take for keeping their sessions, pings included."""
    time.sleep(SETTLE)  # the compiler works on after the storm
    before, begin = sum(cpu_seconds(process) for process, _ in nodes), time.monotonic()
    time.sleep(STAY)
    return (sum(cpu_seconds(process) for process, _ in nodes) - before) / (time.monotonic() - begin)
