"""What permessage-deflate costs when a frame is compressed once for all that get it."""
from benchmarks.common import fan_run, in_turn, say, stream_node, tidegate
from benchmarks.fanout import fan_table

RATE = 250
PLAIN = {"deflate": "plain", "deflate, window 100": "plain, window 100"}


def measure(processes, opts):
    process, port, _, feed = stream_node(processes)
    rows = [tidegate(process, port, feed, "plain"),
            tidegate(process, port, feed, "deflate", more=["--deflate"]),
            tidegate(process, port, feed, "plain, window 100", 100),
            tidegate(process, port, feed, "deflate, window 100", 100, more=["--deflate"])]
    runs = []
    for number, row in in_turn(rows, opts.rounds):
        result = fan_run(row, RATE, opts.sessions, opts)
        runs.append({"round": number, "row": row["name"], "window": row["window"], **result})
        say(f"deflate round {number + 1} {row['name']}: {result['us/msg']:.2f} us/msg {result['MB/s']:.2f} MB/s")
    processes.stop_all()
    text = fan_table(runs, lambda r: PLAIN.get(r["row"], r["row"])).replace("of its ceiling", "of plain")
    return {"runs": runs, "table": text}
