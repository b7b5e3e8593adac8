"""Proxied requests: direct, the rig's leanest Vert.x proxy, the gateway."""
import json
import os
import subprocess
import sys

import nodes
from benchmarks.common import BENCH, BODY, GATEWAY_CPU, HEAP, LEAN_FLAGS, LOAD_CPU, builds, gateway, java


def backend(processes):
    """The rig's hello-world back end on a free port."""
    nginx = nodes.need("nginx", "nginx")
    port = nodes.free_ports(1)[0]
    folder = os.path.join(processes.folder, "backend")
    os.makedirs(folder, exist_ok=True)
    temporary = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    with open(os.path.join(folder, "nginx.conf"), "w") as f:
        f.write(f"""worker_processes 1; pid {folder}/pid; error_log {folder}/error.log warn; worker_rlimit_nofile 20000;
events {{ worker_connections 10000; }}
http {{
  access_log off; keepalive_timeout 3600; keepalive_requests 1000000000; default_type application/json; {temporary}
  server {{ listen 127.0.0.1:{port} backlog=4096; location / {{ return 200 '{BODY}'; }} }}
}}
""")
    process = processes.start("backend", [nginx, "-p", folder, "-c", f"{folder}/nginx.conf", "-g", "daemon off;"], cpu=LOAD_CPU)
    processes.wait_port(process, port, 10)
    return process, port


def measure(processes, opts):
    nodes.need("wrk", "wrk")
    back, port = backend(processes)
    lean_port = nodes.free_ports(1)[0]
    lean = processes.start("lean", java(*HEAP, *LEAN_FLAGS, f"-Dport={lean_port}", f"-Dupstream={port}", "-Dloops=1",
                                        "-cp", f"{BENCH}:{nodes.JAR}", "Lean"), cpu=GATEWAY_CPU)
    processes.wait_port(lean, lean_port)
    targets = [f"direct=http://127.0.0.1:{port}/", f"lean=http://127.0.0.1:{lean_port}/={lean.pid}"]
    if not opts.dry:
        for name, jar in builds(opts):
            node, http, _, _ = gateway(
                processes, f"n-proxy-{name}", {"UPSTREAM": 1, "INGRESS": 1, "ADMIN": 1}, jar=jar,
                upstreams=[{"name": "backend", "endpoints": [{"host": "127.0.0.1", "port": port}]}],
                rateLimits=[{"name": "default", "rate": 10_000_000, "burst": 10_000_000}],
                http={"accessLog": os.path.join(processes.folder, f"access-{name}.log"), "limits": {"requestsPerConnection": 1_000_000_000}},
                routes=[{"id": "all", "prefix": "/", "upstream": "backend", "auth": "apiKey"}])
            targets.append(f"{name}=http://127.0.0.1:{http}/={node.pid}")
    raw = os.path.join(BENCH, "proxy.json")
    table = subprocess.run(
        [sys.executable, os.path.join(BENCH, "bench.py"), "--conns", opts.conns, "--secs", str(opts.secs), "--rounds", str(opts.rounds),
         "--warmup", str(opts.warmup), "--settle", "1", "--base", "lean", "--also", str(back.pid), "--load-cpu", LOAD_CPU,
         "--header", "X-API-Key: alice-key", "--json", raw, *targets], check=True, stdout=subprocess.PIPE, text=True).stdout
    processes.stop_all()
    with open(raw) as f:
        return {"table": table, "runs": json.load(f)}
