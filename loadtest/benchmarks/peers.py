"""Real push servers beside the gateway: Centrifugo 6 and the Python library websockets, each set as it is best for this work."""
import json
import os
import subprocess
import venv

import nodes
from benchmarks.common import GATEWAY_CPU, SYMBOLS

PEERS = os.path.join(nodes.ROOT, "target", "peers")
CENTRIFUGO = "github.com/centrifugal/centrifugo/v6@v6.9.1"
LIBRARIES = ["websockets==17.4", "uvloop==0.23.0"]


def rows(processes):
    return [centrifugo(processes), websockets(processes)]


def centrifugo(processes):
    """No history, presence or compression, pings as rare as it lets: a loadgen answers no application's pings."""
    program = os.path.join(PEERS, "centrifugo")
    if not os.path.isfile(program):
        go = nodes.need("go", "golang-go")
        subprocess.run([go, "install", CENTRIFUGO], check=True, env={**os.environ, "GOBIN": PEERS, "GOTOOLCHAIN": "auto"})
    port = nodes.free_ports(1)[0]
    config = os.path.join(processes.folder, "centrifugo.json")
    with open(config, "w") as f:
        json.dump({"http_server": {"address": "127.0.0.1", "port": str(port)}, "http_api": {"insecure": True}, "log": {"level": "error"},
                   "client": {"allow_anonymous_connect_without_token": True, "ping_interval": "1h", "pong_timeout": "10s"},
                   "channel": {"without_namespace": {"allow_subscribe_for_client": True, "allow_subscribe_for_anonymous": True}}}, f)
    process = processes.start("centrifugo", [program, "--config", config], env={"GOMAXPROCS": "1"}, cpu=GATEWAY_CPU)
    processes.wait_port(process, port)
    return {"name": "centrifugo", "process": process, "port": port, "load": ["--mode", "centrifuge", "--path", "/connection/websocket"],
            "publish": ["publish", port], "tail": [str(SYMBOLS), "centrifugo"], "window": 0}


def websockets(processes):
    python = os.path.join(PEERS, "python", "bin", "python")
    if not os.path.isfile(python):
        nodes.need("python3", "python3-venv")
        venv.create(os.path.join(PEERS, "python"), with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *LIBRARIES], check=True)
    port, ingest = nodes.free_ports(2)
    process = processes.start("websockets", [python, os.path.join(nodes.ROOT, "loadtest", "peers", "broadcast.py"), port, ingest], cpu=GATEWAY_CPU)
    processes.wait_port(process, port)
    return {"name": "websockets", "process": process, "port": port, "load": ["--path", "/"],
            "publish": ["pub", ingest], "tail": [str(SYMBOLS), "raw"], "window": 0}
