"""Where the gateway's CPU goes in the fan-out, by the JDK's own CPU-time samples."""
import collections
import json
import os
import re
import subprocess

import nodes
from benchmarks.common import BENCH, loadgen, publish, say, stream_node, table, tidegate

RATES, SECONDS = (250, 2500), 20
PARTS = (
    ("writing to sockets (kernel)", r"^io\.netty\.channel\.(unix|epoll)\.\w*(Socket|Native)\w*\.(send|write|sendmmsg|writev)"),
    ("waiting for and reading sockets", r"^io\.netty\.channel\.(unix|epoll)\.|^sun\.nio\.ch\.|^java\.net\.|SocketDispatcher"),
    ("Netty: pipeline, buffers, loop", r"^io\.netty\."),
    ("fan-out: cohorts, cursors, sessions", r"^dev\.tidegate\.stream\.(Fanout|Cohort|Session|Lane|Wheel|Connection|Rate|Ladder|Sweep|Pressure|Lag|StreamMeters)"),
    ("encoding and conflating", r"^dev\.tidegate\.(stream|bus\.Decimal)"),
    ("market: parsing, sequences", r"^dev\.tidegate\.(market|bus)"),
    ("Vert.x", r"^io\.vertx\."),
)


def measure(processes, opts):
    process, port, _, feed = stream_node(processes)
    row = tidegate(process, port, feed, "tidegate")
    runs = []
    for rate in RATES:
        client, _ = loadgen("--n", opts.sessions, "--port", port, "--secs", SECONDS, "--warm", opts.warmup, *row["load"])
        publisher = publish("publish", feed, rate, opts.warmup + SECONDS + 2, *row["tail"])
        samples = record(process, opts.warmup, SECONDS)
        client.communicate(timeout=120)
        publisher.wait(30)
        runs.append({"rate": rate, "samples": sum(samples.values()), "parts": dict(samples)})
        say(f"profile {rate}/s: {dict(samples)}")
    processes.stop_all()
    head = ["part", *(f"{r['rate']} updates/s" for r in runs)]
    names = sorted({n for r in runs for n in r["parts"]}, key=lambda n: -runs[0]["parts"].get(n, 0))
    return {"runs": runs, "table": table(head, [[n, *(f"{r['parts'].get(n, 0) / r['samples']:.0%}" for r in runs)] for n in names])}


def record(process, delay, seconds):
    """Counts the samples of so many seconds by what the thread did."""
    jcmd, jfr = (os.path.join(nodes.jdk(), "bin", name) for name in ("jcmd", "jfr"))
    file = os.path.join(BENCH, "profile.jfr")
    subprocess.run(["sleep", str(delay)], check=True)
    subprocess.run([jcmd, str(process.pid), "JFR.start", "name=profile", "settings=none", "+jdk.CPUTimeSample#enabled=true",
                    "+jdk.CPUTimeSample#throttle=2ms"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["sleep", str(seconds)], check=True)
    subprocess.run([jcmd, str(process.pid), "JFR.stop", "name=profile", f"filename={file}"], check=True, stdout=subprocess.DEVNULL)
    text = subprocess.run([jfr, "print", "--json", "--events", "jdk.CPUTimeSample", "--stack-depth", "64", file], check=True,
                          stdout=subprocess.PIPE, text=True).stdout
    return collections.Counter(part(event["values"]) for event in json.loads(text)["recording"]["events"])


def part(sample):
    """The innermost frame that belongs to somebody; helpers of the JDK count for their caller."""
    if not sample.get("stackTrace"):
        return "collecting garbage, compiling"
    for frame in sample["stackTrace"]["frames"]:
        method = frame["method"]
        name = method["type"]["name"].replace("/", ".") + "." + method["name"]
        for title, pattern in PARTS:
            if re.match(pattern, name):
                return title
    return "the rest"
