"""Starts and stops what load tests need on loopback: gateway nodes, Kafka, Redis and helpers, as processes of their own.

Python standard library only. Whoever starts a process here is its only owner: stop() ends these and no others, and they
end by themselves when the script that started them dies.
"""
import ctypes
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
JAR = os.path.join(ROOT, "target", "tidegate.jar")
JVM_FLAGS = ["--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-Dio.netty.noUnsafe=false",
             "-Dvertx.disableContextTimings=true", "-Dio.netty.leakDetection.level=disabled"]
GATEWAY_FLAGS = ["-Dvertx.disableWebsockets=true"]
ROLES = ("UPSTREAM", "COMMAND", "MARKET", "STREAM", "INGRESS", "ADMIN")
PR_SET_PDEATHSIG = 1


class Failure(Exception):
    """Something that the user can act on; shown without a trace."""


def free_ports(count):
    """Ports that were free a moment ago, all different, and below those that outgoing connections get by chance."""
    sockets = []
    try:
        while len(sockets) < count:
            s = socket.socket()
            try:
                s.bind(("127.0.0.1", random.randrange(15000, 32000)))
                sockets.append(s)
            except OSError:
                s.close()
        return [s.getsockname()[1] for s in sockets]
    finally:
        for s in sockets:
            s.close()


def jdk():
    found = subprocess.run([os.path.join(ROOT, "bin", "jdk")], stdout=subprocess.PIPE, text=True)
    if found.returncode:
        raise Failure("no JDK")
    return found.stdout.strip()


def need(command, package):
    path = shutil.which(command) or shutil.which(command, path="/usr/sbin:/usr/local/sbin")
    if not path:
        raise Failure(f"{command} is needed: install it, for example with: apt-get install {package}")
    return path


def _child():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Processes:
    """The processes of one run, ended in the reverse order of their start."""

    def __init__(self, folder):
        self.folder = folder
        self.running = []
        os.makedirs(folder, exist_ok=True)

    def start(self, name, args, env=None, cpu=None):
        if cpu is not None:
            args = ["taskset", "-c", str(cpu), *args]
        log = os.path.join(self.folder, name + ".log")
        with open(log, "wb") as out:
            process = subprocess.Popen(
                [str(a) for a in args], stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
                env={**os.environ, **(env or {})}, preexec_fn=_child)
        process.name, process.log = name, log
        self.running.append(process)
        return process

    def wait_line(self, process, line, seconds=90):
        """Until the process has printed the line."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with open(process.log, errors="replace") as f:
                if any(text.strip() == line for text in f):
                    return
            self.check(process)
            time.sleep(0.05)
        raise Failure(f"{process.name}: no '{line}' within {seconds} s, see {process.log}")

    def wait_port(self, process, port, seconds=90):
        """Until the process accepts connections."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            except OSError:
                self.check(process)
                time.sleep(0.05)
        raise Failure(f"{process.name}: nothing on port {port} within {seconds} s, see {process.log}")

    @staticmethod
    def check(process):
        if process.poll() is not None:
            with open(process.log, errors="replace") as f:
                tail = "".join(f.readlines()[-5:])
            raise Failure(f"{process.name} ended with code {process.returncode}, see {process.log}\n{tail}")

    def stop(self, process, seconds=60):
        if process in self.running:
            self.running.remove(process)
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                print(f"{process.name} did not leave within {seconds} s; ending it", file=sys.stderr)
                process.kill()
                process.wait()

    def stop_all(self):
        """Gateway nodes leave together, so that a drain is waited for once."""
        for process in self.running:
            if process.name.startswith("n") and process.poll() is None:
                process.terminate()
        for process in reversed(list(self.running)):
            self.stop(process)


def kafka(processes, cpu=None):
    """Starts a real broker; returns its address."""
    port, controller = free_ports(2)
    run = os.path.join(ROOT, "loadtest", "kafka", "run")
    if not os.access(run, os.X_OK):
        raise Failure(f"{run}: not found")
    broker = processes.start("kafka", [run, "start", os.path.join(processes.folder, "kafka"), port, controller], cpu=cpu)
    processes.wait_port(broker, port, 300)
    return f"127.0.0.1:{port}"


def redis(processes, cpu=None):
    """Starts a real Redis that keeps its data in the run's folder; returns its URL."""
    server = need("redis-server", "redis-server")
    port = free_ports(1)[0]
    folder = os.path.join(processes.folder, "redis")
    os.makedirs(folder, exist_ok=True)
    store = processes.start("redis", [
        server, "--port", port, "--bind", "127.0.0.1", "--dir", folder, "--appendonly", "yes", "--save", "",
        "--maxmemory-policy", "noeviction"], cpu=cpu)
    processes.wait_port(store, port, 30)
    return f"redis://127.0.0.1:{port}"


def config(name, http_port, stream_port, admin_port, **parts):
    """A node's configuration; JSON is YAML."""
    document = {
        "node": name,
        "http": {"host": "127.0.0.1", "port": http_port},
        "stream": {"host": "127.0.0.1", "port": stream_port},
        "admin": {"host": "127.0.0.1", "port": admin_port},
        "auth": {"consumers": [
            {"name": "alice", "key": "alice-key"},
            {"name": "bob", "key": "bob-key"},
            {"name": "mm-1", "tier": "market-maker", "key": "mm-1-key"}]},
    }
    for key, value in parts.items():
        if isinstance(value, dict) and isinstance(document.get(key), dict):
            document[key].update(value)
        else:
            document[key] = value
    return document


def node(processes, document, roles, env=None, cluster=None, cpu=None, jvm=(), jar=JAR):
    """Starts a node; returns at once, wait_line(process, "ready") waits for it."""
    if not os.path.isfile(jar):
        raise Failure(f"{jar}: not found; build it with: make build")
    name = document["node"]
    base = os.path.join(processes.folder, name)
    with open(base + ".yaml", "w") as f:
        json.dump(document, f, indent=1)
    with open(base + ".verticles.json", "w") as f:
        json.dump({"roles": [{"role": r, "instances": n} for r, n in roles.items()]}, f)
    args = [os.path.join(jdk(), "bin", "java"), *JVM_FLAGS, *GATEWAY_FLAGS, *jvm, "-jar", jar, "run",
            "--config", base + ".yaml", "--verticles", base + ".verticles.json"]
    if cluster:
        args += ["--cluster", cluster]
    return processes.start(name, args, env=env, cpu=cpu)


def market_and_command_routes():
    """The gateway's own endpoints, as a configuration has to name them."""
    return [
        {"id": "orders", "path": "/v1/orders", "methods": ["POST"], "async": {"channel": "orders"}, "auth": "either"},
        {"id": "requests", "prefix": "/v1/requests", "local": "requests", "auth": "either"},
        {"id": "markets", "prefix": "/v1/markets", "local": "markets"},
        {"id": "problems", "prefix": "/problems", "local": "problems"},
    ]
