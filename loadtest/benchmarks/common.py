"""What the benchmarks share: where things are, the programs that they build, and nodes on cores."""
import os
import re
import shutil
import statistics
import subprocess
import sys
import time

import nodes

RIG = os.environ.get("TIDEGATE_RIG", os.path.join(os.path.dirname(nodes.ROOT), "shared", "rig"))
BENCH = os.path.join(nodes.ROOT, "target", "bench")
GATEWAY_CPU, LOAD_CPU = "0", "1"
HEAP = ["-Xms512m", "-Xmx512m", "-XX:+UseSerialGC"]
# What the rig starts its own Vert.x peers with.
LEAN_FLAGS = ["-Dvertx.disableMetrics=true", "-Dvertx.disableContextTimings=true", "-Dvertx.disableHttpHeadersValidation=true",
              "-Dvertx.disableWebsockets=true", "-Dio.netty.buffer.checkBounds=false",
              "-Dio.netty.buffer.checkAccessible=false", "-Dio.netty.leakDetection.level=disabled",
              "-Dio.netty.allocator.type=pooled"]
BODY = '{"message":"hello, world","from":"backend","items":[1,2,3,4,5,6,7,8],"pad":"0123456789012345678901"}'
SYMBOLS = 50
HEARTBEATS = "loadgen-heartbeats"


def say(text):
    print(time.strftime("%H:%M:%S ") + text, file=sys.stderr, flush=True)


def java(*args):
    return [os.path.join(nodes.jdk(), "bin", "java"), *nodes.JVM_FLAGS, *args]


def prepare():
    """A private copy of the rig's sources, built against the gateway's own libraries."""
    if not os.path.isdir(RIG):
        raise nodes.Failure(f"{RIG}: not found (set TIDEGATE_RIG)")
    if not os.path.isfile(nodes.JAR):
        raise nodes.Failure(f"{nodes.JAR}: not found; build it with: make build")
    shutil.rmtree(BENCH, ignore_errors=True)
    os.makedirs(BENCH)
    for name in ("bench.py", "fanout/Fan.java", "fanout/loadgen.c", "fanout/pub.c", "java/vertx/src/main/java/Lean.java"):
        shutil.copy(os.path.join(RIG, name), BENCH)
    os.chmod(os.path.join(BENCH, "bench.py"), 0o755)
    gcc = nodes.need("gcc", "gcc zlib1g-dev")
    with_heartbeats()
    for source, libraries in (("loadgen.c", ["-lz"]), (HEARTBEATS + ".c", ["-lz"]), ("pub.c", [])):
        subprocess.run([gcc, "-O2", "-w", "-o", os.path.join(BENCH, source[:-2]), os.path.join(BENCH, source), *libraries], check=True)
    subprocess.run([gcc, "-O2", "-o", os.path.join(BENCH, "publish"), os.path.join(nodes.ROOT, "loadtest", "publish.c")], check=True)
    javac = [os.path.join(nodes.jdk(), "bin", "javac"), "-nowarn", "-proc:none", "-cp", nodes.JAR, "-d", BENCH]
    subprocess.run([*javac, os.path.join(BENCH, "Lean.java"), os.path.join(BENCH, "Fan.java")], check=True, stderr=subprocess.DEVNULL)


def with_heartbeats():
    """The rig's client again, of which every connection asks for a heartbeat each second."""
    with open(os.path.join(BENCH, "loadgen.c")) as f:
        source = f.read()
    subscribed = 'n+=sprintf(b+n,"]}"); wssend(c,1,b,n);'
    asked = r'{ const char*h="{\"op\":\"heartbeat\",\"every\":1000}"; wssend(c,1,h,strlen(h)); }'
    if source.count(subscribed) != 1:
        raise nodes.Failure(f"{RIG}/fanout/loadgen.c: expected one `{subscribed}`, after which heartbeats are asked for")
    with open(os.path.join(BENCH, HEARTBEATS + ".c"), "w") as f:
        f.write(source.replace(subscribed, subscribed + " " + asked))


def builds(opts):
    """What is measured: this build, and before it the one that it is held against, as names and jars."""
    return [*([("before", opts.beside)] if opts.beside else []), ("tidegate", nodes.JAR)]


def gateway(processes, name, roles, ports=None, env=None, jvm=(), jar=nodes.JAR, **parts):
    """One node on the gateway's core; returns its process and its three ports."""
    http, stream, admin = ports or nodes.free_ports(3)
    document = nodes.config(name, http, stream, admin, **parts)
    document["eventLoops"] = 1
    process = nodes.node(processes, document, roles, env=env, cpu=GATEWAY_CPU, jvm=[*HEAP, *jvm], jar=jar)
    processes.wait_line(process, "ready", 60)
    return process, http, stream, admin


def ceiling(processes, name, mode, window=0, more=()):
    """One of the rig's throw-away fan-out servers, as a row."""
    port, ingest = nodes.free_ports(2)
    process = processes.start(name, java(*HEAP, f"-Dmode={mode}", f"-Dwindow={window}", f"-Dport={port}", f"-Dingest={ingest}",
                                         *more, "-cp", f"{BENCH}:{nodes.JAR}", "Fan"), cpu=GATEWAY_CPU)
    processes.wait_port(process, port)
    return {"name": name, "process": process, "port": port, "load": ["--path", "/ws"],
            "publish": ["pub", ingest], "tail": [str(SYMBOLS), "raw"], "window": window}


def stream_node(processes, name="n-stream", jvm=(), jar=nodes.JAR, **stream):
    """A node that only pushes; its feed is a socket. Returns its process, its ports for clients and operators, and the feed's."""
    feed = nodes.free_ports(1)[0]
    process, _, port, admin = gateway(
        processes, name, {"MARKET": 1, "STREAM": 1, "ADMIN": 1}, jvm=jvm, jar=jar, market={"feed": "socket", "socket": {"port": feed}, "shards": 1},
        stream={"tiers": {"anonymous": {"connectionsPerAddress": 1_000_000}}, **stream})
    # A symbol is listed with its first record, and only listed symbols can be subscribed.
    publish("publish", feed, 500, 2, str(SYMBOLS)).wait(30)
    return process, port, admin, feed


def tidegate(process, port, feed, name, window=0, more=()):
    """A row of the gateway: clients of the ticker channel with that window."""
    return {"name": name, "process": process, "port": port, "publish": ["publish", feed], "tail": [str(SYMBOLS)], "window": window,
            "load": ["--mode", "tidegate", "--path", "/v1/stream", "--channel", "ticker", "--window", str(window), *more]}


def publish(program, port, rate, seconds, *tail):
    return subprocess.Popen(
        ["taskset", "-c", LOAD_CPU, os.path.join(BENCH, program), str(port), str(rate), str(seconds), *tail],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def loadgen(*args, program="loadgen"):
    """The rig's WebSocket client, once all its connections stand."""
    client = subprocess.Popen(["taskset", "-c", LOAD_CPU, os.path.join(BENCH, program), *map(str, args)],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    for line in client.stderr:
        up = re.match(r"# up=(\d+) dead=(\d+) in ([\d.]+)s", line)
        if up:
            return client, {"up": int(up.group(1)), "refused": int(up.group(2)), "seconds": float(up.group(3))}
    raise nodes.Failure(f"loadgen ended before it was connected: {' '.join(map(str, args))}")


def fan_run(row, rate, sessions, opts, *more):
    """Sessions at one row's server while updates come at the rate; what loadgen says of them."""
    client, _ = loadgen("--tag", row["name"], "--n", sessions, "--port", row["port"], "--spid", row["process"].pid, "--secs", opts.secs,
                        "--warm", opts.warmup, *row["load"], *more, program=row.get("client", "loadgen"))
    program, port = row["publish"]
    publisher = publish(program, port, rate, opts.warmup + opts.secs + 2, *row["tail"])
    line, noise = client.communicate(timeout=opts.warmup + opts.secs + 120)
    publisher.wait(30)
    values = dict(re.findall(r"(\S+?)=(-?[\d.]+)", line.split(" SLOW ")[0]))
    if "us/msg" not in values:
        raise nodes.Failure(f"loadgen said nothing of {row['name']}: {line} {noise}")
    slow = re.search(r"SLOW p50=([\d.]+) p99=([\d.]+)", line)
    if slow:
        values["slow50"], values["slow99"] = slow.groups()
    return {k: float(v) for k, v in values.items()}


def in_turn(rows, rounds):
    """Each round begins with another row, so that none is always first."""
    for number in range(rounds):
        for row in rows[number % len(rows):] + rows[:number % len(rows)]:
            yield number, row


def middle(runs, key):
    return statistics.median(r[key] for r in runs)


def table(head, lines):
    return "\n".join(["", "| " + " | ".join(head) + " |", "|---" * len(head) + "|", *("| " + " | ".join(line) + " |" for line in lines)]) + "\n"


def held_kb(process):
    """What the process holds after a collection: the heap that is in use, and what is resident beside the heap.

    Needs -XX:+AlwaysPreTouch: else garbage, by touching pages of the heap, looks like memory that is held."""
    jcmd = os.path.join(nodes.jdk(), "bin", "jcmd")
    subprocess.run([jcmd, str(process.pid), "GC.run"], stdout=subprocess.DEVNULL, check=True)
    info = subprocess.run([jcmd, str(process.pid), "GC.heap_info"], stdout=subprocess.PIPE, text=True, check=True).stdout
    used = sum(int(kb) for kb in re.findall(r"(?:DefNew|Tenured|generation) +total \d+K, used (\d+)K", info))
    return used + resident_kb(process)


def resident_kb(process):
    with open(f"/proc/{process.pid}/status") as f:
        return int(re.search(r"VmRSS:\s+(\d+)", f.read()).group(1))


def cpu_seconds(process):
    with open(f"/proc/{process.pid}/stat") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
