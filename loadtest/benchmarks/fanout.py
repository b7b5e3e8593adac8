"""WebSocket messages from the feed's socket to the client's, beside the rig's encode-once ceilings."""
import statistics

from benchmarks.common import builds, ceiling, fan_run, in_turn, middle, say, stream_node, table, tidegate

HEAD = ["row", "window ms", "messages/s", "frames/s", "MB/s", "CPU us/message", "of its ceiling", "core", "p50 ms", "p99 ms", "p99.9 ms", "RSS MB"]


def measure(processes, opts):
    rows = [ceiling(processes, "ceiling", "shared"), ceiling(processes, "ceiling-window", "window", 50)]
    if not opts.dry:
        for name, jar in builds(opts):
            process, port, _, feed = stream_node(processes, f"n-stream-{name}", jar=jar)
            rows += [tidegate(process, port, feed, name), tidegate(process, port, feed, f"{name}-window", 50)]
    runs = []
    for rate in opts.rates:
        for number, row in in_turn(rows, opts.rounds):
            result = fan_run(row, rate, opts.sessions, opts)
            runs.append({"round": number, "row": row["name"], "window": row["window"], "rate": rate, **result})
            say(f"fanout {rate}/s round {number + 1} {row['name']}: {result['us/msg']:.2f} us/msg p99 {result['p99']:.2f} ms")
    processes.stop_all()
    tables = (f"\n{opts.sessions} sessions, 10 of 50 symbols each, {rate} updates/s offered = {rate * opts.sessions // 5} messages/s\n"
              + fan_table([r for r in runs if r["rate"] == rate], lambda r: "ceiling-window" if r["window"] else "ceiling") for rate in opts.rates)
    return {"runs": runs, "table": "".join(tables)}


def fan_table(runs, base_of):
    """One line for each row: medians, and the ratio of CPU to the row's base in the same round."""
    lines = []
    for name in dict.fromkeys(r["row"] for r in runs):
        mine = [r for r in runs if r["row"] == name]
        base = {r["round"]: r["us/msg"] for r in runs if r["row"] == base_of(mine[0])}
        ratio = statistics.median(r["us/msg"] / base[r["round"]] for r in mine)
        lines.append([name, str(mine[0]["window"]), f"{middle(mine, 'msg/s'):.0f}", f"{middle(mine, 'frm/s'):.0f}", f"{middle(mine, 'MB/s'):.2f}",
                      f"{middle(mine, 'us/msg'):.2f}", f"{ratio:.2f}", f"{middle(mine, 'srv'):.0f} %", f"{middle(mine, 'p50'):.2f}",
                      f"{middle(mine, 'p99'):.2f}", f"{middle(mine, 'p999'):.2f}", f"{middle(mine, 'rss'):.0f}"])
    return table(HEAD, lines)
