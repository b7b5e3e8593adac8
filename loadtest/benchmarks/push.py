"""The push side beside its bars: every work and every row in each round, so that a median is of rounds that saw the same machine."""
import statistics

from benchmarks import connects, peers
from benchmarks.common import HEARTBEATS, ceiling, fan_run, in_turn, middle, say, stream_node, table, tidegate
from benchmarks.fanout import fan_table

PLENTY, CROWD, SLOW = "1000000 messages/s", "10000 sessions", "a tenth reads 4 KB/s"
IDLE_SESSIONS, IDLE_PROCESSES = 19_800, 5


def measure(processes, opts):
    base = ceiling(processes, "ceiling", "shared")
    process, port, _, feed = stream_node(processes)
    mine = tidegate(process, port, feed, "tidegate")
    steady = f"{opts.sessions * 50} messages/s"
    slow = tidegate(process, port, feed, "tidegate", more=["--slow", str(opts.sessions // 10), "--slowbps", "4000"])
    works = [(steady, 250, opts.sessions, row) for row in (base, mine, {**mine, "name": "tidegate, heartbeats", "client": HEARTBEATS}, *peers.rows(processes))]
    works += [(PLENTY, 5000, 1000, row) for row in (base, mine)]
    works += [(CROWD, 250, 10_000, row) for row in (base, mine)]
    works += [(SLOW, 250, opts.sessions, slow)]
    for work, rate, sessions, row in works[:len(works) - 1]:
        fan_run(row, rate, sessions, opts)  # the compiler's
    runs = []
    for number, (work, rate, sessions, row) in in_turn(works, opts.rounds):
        result = fan_run(row, rate, sessions, opts)
        runs.append({"round": number, "work": work, "row": row["name"], "window": 0, **result})
        say(f"push round {number + 1} {work} {row['name']}: {result['us/msg']:.2f} us/msg p99 {result['p99']:.2f} ms")
    processes.stop_all()
    idle = connects.storm([connects.stream_only(processes, f"n-idle-{i}") for i in range(IDLE_PROCESSES)], IDLE_SESSIONS)
    processes.stop_all()
    return {"runs": runs, "idle": idle, "table": "".join(tables(runs, steady)) + bars(runs, steady, idle)}


def tables(runs, steady):
    for work in (steady, PLENTY, CROWD):
        yield f"\n{work}\n" + fan_table([r for r in runs if r["work"] == work], lambda r: "ceiling")


def bars(runs, steady, idle):
    """What was asked for and what came out; what is missed is told like what is met."""
    def of(work, row="tidegate"):
        return [r for r in runs if r["work"] == work and r["row"] == row]

    def paired(row, base):
        return statistics.median(a["us/msg"] / b["us/msg"] for a, b in zip(of(steady, row), of(steady, base)))

    lines = [
        (f"{steady} to 1000 sessions, window 0", "CPU per message, of the ceiling", 1.15, paired("tidegate", "ceiling"), ""),
        ("10000 sessions x 10 of 50 symbols, 250 updates/s", "p99 ms", 60, middle(of(CROWD), "p99"), f"{middle(of(CROWD), 'srv'):.0f} % of a core"),
        ("1000000 messages/s offered to 1000 sessions", "p99 ms", 25, middle(of(PLENTY), "p99"),
         f"{middle(of(PLENTY), 'msg/s'):.0f}/s delivered, {middle(of(PLENTY), 'dead'):.0f} closed"),
        (f"{idle['sessions']} idle sessions in {idle['processes']} processes, 15 s pings", "KB a session", 6, idle["kb"],
         f"{idle['kernel']:.1f} KB of the kernel's for both ends, {idle['refused']} refused"),
        ("the same", "us/s a session", 0.8, idle["us"], ""),
        ("a tenth slow (4 KB/s)", "data age p99 s", 1.7, middle(of(SLOW), "slow99") / 1000, f"{middle(of(SLOW), 'dead'):.0f} closed"),
        ("heartbeats on for all, each second", "% CPU more", 3, 100 * (paired("tidegate, heartbeats", "tidegate") - 1), ""),
    ]
    return "\nThe bars\n" + table(["work", "what", "bar", "measured", "", "and"], [
        [work, what, f"<= {bar}", f"{value:.2f}", "met" if value <= bar else "**missed**", more] for work, what, bar, value, more in lines])
