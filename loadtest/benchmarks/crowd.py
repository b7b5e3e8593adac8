"""Ten thousand sessions: more than one core can serve message by message, so windows have to follow the load."""
from benchmarks.common import ceiling, fan_run, in_turn, say, stream_node, tidegate
from benchmarks.fanout import fan_table

SESSIONS, RATE = 10_000, 250


def measure(processes, opts):
    rows = [ceiling(processes, "ceiling", "shared"), ceiling(processes, "ceiling-window", "window", 100)]
    if not opts.dry:
        process, port, _, feed = stream_node(processes)
        rows.append(tidegate(process, port, feed, "tidegate, window 0 asked for"))
    runs = []
    for number, row in in_turn(rows, opts.rounds):
        result = fan_run(row, RATE, SESSIONS, opts)
        runs.append({"round": number, "row": row["name"], "window": row["window"], **result})
        say(f"crowd round {number + 1} {row['name']}: {result['msg/s']:.0f} msg/s p99 {result['p99']:.2f} ms")
    processes.stop_all()
    return {"runs": runs, "table": fan_table(runs, lambda r: "ceiling")}
