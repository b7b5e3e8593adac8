"""Readers that take 4 KB/s of the 8 that they are offered, or nothing at all, among those that keep up."""
from benchmarks.common import fan_run, in_turn, middle, say, stream_node, table, tidegate

RATE, SLOW_BYTES = 250, 4000
HEAD = ["a tenth of the sessions", "messages/s", "others' p50 ms", "others' p99 ms", "slow readers' age p50 s", "p99 s", "RSS MB", "closed"]


def measure(processes, opts):
    process, port, _, feed = stream_node(processes)
    tenth = opts.sessions // 10
    rows = [tidegate(process, port, feed, "like the others"),
            tidegate(process, port, feed, f"reads {SLOW_BYTES // 1000} KB/s", more=["--slow", str(tenth), "--slowbps", str(SLOW_BYTES)]),
            tidegate(process, port, feed, "reads nothing", more=["--stall", str(tenth)])]
    runs = []
    for number, row in in_turn(rows, opts.rounds):
        result = fan_run(row, RATE, opts.sessions, opts)
        runs.append({"round": number, "row": row["name"], **result})
        say(f"readers round {number + 1} {row['name']}: p99 {result['p99']:.2f} ms, slow {result.get('slow99', 0):.0f} ms")
    processes.stop_all()
    return {"runs": runs, "table": reader_table(runs)}


def reader_table(runs):
    lines = []
    for name in dict.fromkeys(r["row"] for r in runs):
        mine = [r for r in runs if r["row"] == name]
        slow = [f"{middle(mine, key) / 1000:.2f}" for key in ("slow50", "slow99")] if "slow50" in mine[0] else ["", ""]
        lines.append([name, f"{middle(mine, 'msg/s'):.0f}", f"{middle(mine, 'p50'):.2f}", f"{middle(mine, 'p99'):.2f}", *slow,
                      f"{middle(mine, 'rss'):.0f}", f"{middle(mine, 'dead'):.0f}"])
    return table(HEAD, lines)
