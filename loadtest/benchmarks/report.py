"""Where and what was measured, as Markdown."""
import datetime
import json
import os
import platform
import re
import subprocess

import nodes
from benchmarks.common import BENCH, HEAP, say


def machine():
    with open("/proc/cpuinfo") as f:
        model = re.search(r"model name\s*: (.*)", f.read())
    with open("/proc/meminfo") as f:
        memory = int(re.search(r"MemTotal:\s+(\d+)", f.read()).group(1)) / 2**20
    version = subprocess.run([os.path.join(nodes.jdk(), "bin", "java"), "-version"], stderr=subprocess.PIPE, text=True).stderr.splitlines()
    revision = subprocess.run(["git", "-C", nodes.ROOT, "describe", "--always", "--dirty"], stdout=subprocess.PIPE, text=True).stdout.strip()
    return [f"- {datetime.datetime.now(datetime.timezone.utc):%Y-%m-%d %H:%M} UTC, revision {revision or 'unknown'}",
            f"- {model.group(1) if model else platform.processor()}, {os.cpu_count()} cores, {memory:.0f} GiB, Linux {platform.release().split('-')[0]}",
            f"- {version[1] if len(version) > 1 else version}; heap {' '.join(HEAP)}, one event loop",
            f"- load average at the start: {os.getloadavg()[0]:.2f}"]


TITLES = {
    "proxy": ("Proxied requests", "wrk; the gateway's row has request id, access log (to a file), API key, rate limit and metrics on. `rel lean` compares CPU per request with "
              "the rig's leanest Vert.x proxy in the same round."),
    "fanout": ("Fan-out", "From the moment when an update is sent to the gateway's feed socket to the moment when the client has read it. The ceilings are the rig's "
               "minimal servers, which encode once and coalesce flushes; the windowed one conflates 50 ms for each group."),
    "crowd": ("Ten thousand sessions", "10 of 50 symbols each, 250 updates/s offered = 500000 messages/s. Messages that a window merges are counted once."),
    "deflate": ("permessage-deflate", "The same feed and sessions as in the fan-out, at 250 updates/s; the ratio is to the plain row with the same window."),
    "readers": ("Slow readers", "At 250 updates/s, window 0 asked for. Age is what the slow readers' data is old when they read it."),
    "commands": ("Commands", "`POST` with a new `Idempotency-Key` each, closed loop. A 202 means that Redis has the record and Kafka, with acks=all, the command."),
    "profile": ("Where the CPU goes", "The gateway's CPU time during the fan-out at window 0, by CPU-time samples of the JDK's flight recorder. A sample counts for the innermost "
                "frame that is Netty's, Vert.x's or ours."),
    "memory": ("Memory", "Heap in use after a collection and resident memory beside the heap, divided by the sessions that connected."),
    "connects": ("Connect storms", "All processes share the gateway's core, all clients the other. The connects of several processes come after each other. While sessions "
                 "stay, each is pinged every 15 s and answers."),
    "push": ("The push beside its bars", "One run, interleaved: every round has all rows. The ceiling is the rig's minimal server; Centrifugo and the Python library websockets, each set as it is best, do the same work with their own protocols. "
             "`paired` compares CPU per message with the ceiling's in the same round."),
}


def write_report(results, described, opts):
    lines = ["# Measured", "", f"By `loadtest/measure{' ' + ' '.join(opts.given) if opts.given else ''}`, on:", *described, "",
             "The gateway is pinned to one core, clients and back ends to another. Medians of interleaved rounds; latency on a busy machine "
             "says little, CPU for each unit of work and its ratio in the same round say more."]
    for part, (title, text) in TITLES.items():
        if part in results:
            lines += ["", f"## {title}", text, results[part]["table"].rstrip()]
    with open(opts.out, "w") as f:
        f.write("\n".join(lines) + "\n")
    with open(os.path.join(BENCH, "results.json"), "w") as f:
        json.dump({"machine": described, **results}, f, indent=1)
    say(f"wrote {opts.out}")
