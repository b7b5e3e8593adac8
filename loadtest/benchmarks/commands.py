"""202 Accepted against Kafka and Redis, beside a synchronous call."""
import asyncio
import os
import re
import subprocess
import sys

import nodes
from benchmarks.common import BENCH, LOAD_CPU, gateway, middle, say, table


async def slow_server(port, seconds):
    """A back end that takes its time, with keep-alive."""
    async def serve(reader, writer):
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = re.search(rb"(?i)content-length: *(\d+)", head)
                if length:
                    await reader.readexactly(int(length.group(1)))
                await asyncio.sleep(seconds)
                writer.write(b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\nContent-Type: application/json\r\n\r\n{}")
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", port)
    async with server:
        await server.serve_forever()


SCRIPT = """
local thread_number = 0
function setup(thread) thread:set("id", thread_number); thread_number = thread_number + 1 end
function init(args) count = 0; base = args[1] .. "-" .. id .. "-" end
function request()
  count = count + 1
  return wrk.format("POST", nil, {["X-API-Key"] = "alice-key", ["Content-Type"] = "application/json", ["Idempotency-Key"] = base .. count},
    '{"symbol":"BTC-USD","side":"buy","price":"100.10","size":"0.3"}')
end
"""
UNIT_MS = {"us": 1e-3, "ms": 1, "s": 1e3, "m": 60e3}


def post_load(url, connections, opts, key):
    script = os.path.join(BENCH, "post.lua")
    with open(script, "w") as f:
        f.write(SCRIPT)
    out = subprocess.run(["taskset", "-c", LOAD_CPU, "wrk", "-t", "1", "-c", str(connections), "-d", f"{opts.secs}s", "--timeout", "5s", "--latency",
                          "-s", script, url, "--", key], check=True, stdout=subprocess.PIPE, text=True).stdout

    def percentile(p):
        number, unit = re.search(rf"\n +{p}% +([\d.]+)(\w+)", out).groups()
        return float(number) * UNIT_MS[unit]

    failed = sum(map(int, re.findall(r"(?:connect|read|write|timeout) (\d+)", out)))
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    return {"rps": float(re.search(r"Requests/sec: +([\d.]+)", out).group(1)), "p50": percentile(50), "p99": percentile(99),
            "errors": failed + (int(bad.group(1)) if bad else 0)}


def measure(processes, opts):
    port = nodes.free_ports(1)[0]
    slow = processes.start("slow", [sys.executable, os.path.join(nodes.ROOT, "loadtest", "measure"), "--slow-server", port], cpu=LOAD_CPU)
    processes.wait_port(slow, port, 20)
    rows = [("synchronous 320 ms call", f"http://127.0.0.1:{port}/v1/orders")]
    if not opts.dry:
        env = {"TIDEGATE_KAFKA": nodes.kafka(processes, LOAD_CPU), "TIDEGATE_REDIS": nodes.redis(processes, LOAD_CPU)}
        _, http, _, _ = gateway(processes, "n-command", {"COMMAND": 1, "INGRESS": 1, "ADMIN": 1}, env=env,
                                rateLimits=[{"name": "default", "rate": 10_000_000, "burst": 10_000_000}],
                                routes=nodes.market_and_command_routes())
        rows.append(("tidegate 202", f"http://127.0.0.1:{http}/v1/orders"))
    runs = []
    for connections in (4, 32):
        for number in range(opts.rounds + 1):  # round 0 is warm-up
            for name, url in rows:
                result = post_load(url, connections, opts, f"{os.getpid()}-{connections}-{number}")
                say(f"commands c={connections} {name}: {result['rps']:.0f}/s p99 {result['p99']:.1f} ms, {result['errors']} errors")
                if number:
                    runs.append({"row": name, "connections": connections, "round": number, **result})
    processes.stop_all()
    lines = []
    for connections in (4, 32):
        base = middle([r for r in runs if r["row"] == rows[0][0] and r["connections"] == connections], "rps")
        for name, _ in rows:
            mine = [r for r in runs if r["row"] == name and r["connections"] == connections]
            lines.append([name, str(connections), f"{middle(mine, 'rps'):.0f}", f"{middle(mine, 'rps') / base:.1f} x", f"{middle(mine, 'p50'):.2f}",
                          f"{middle(mine, 'p99'):.2f}", str(sum(r["errors"] for r in mine))])
    head = ["row", "connections", "accepted/s", "of the synchronous call", "p50 ms", "p99 ms", "errors"]
    return {"runs": runs, "table": table(head, lines)}
