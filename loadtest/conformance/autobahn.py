# Runs in Jython 2.7: autobahn.py SUITE_JAR URL REPORTS [CASE ...]. Cases as Autobahn writes them: "1.*", "6.4.1".
import sys

sys.path.insert(0, sys.argv[1])
from autobahntestsuite import wstest

spec = {
    "options": {"failByDrop": False},
    "outdir": sys.argv[3],
    "servers": [{"agent": "tidegate", "url": sys.argv[2], "options": {"version": 18}}],
    "cases": sys.argv[4:] or ["*"],
    "exclude-cases": [],
    "exclude-agent-cases": {},
}
wstest.start({"mode": "fuzzingclient", "debug": False}, spec)
