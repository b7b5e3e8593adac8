"""A fan-out server with the library websockets at its best: broadcast, uvloop, no compression.  broadcast.py PORT INGEST

Clients send `SUB GROUP SYMBOL,SYMBOL,...`; lines that arrive at INGEST are those of the rig's publisher, whose symbol stands in
columns 23 to 30, and go to the clients that follow it.
"""
import asyncio
import collections
import sys

import uvloop
from websockets.asyncio.server import broadcast, serve

followers = collections.defaultdict(set)


async def client(connection):
    mine = []
    try:
        async for message in connection:
            _, _, symbols = message.split(" ", 2)
            mine += symbols.split(",")
            for symbol in mine:
                followers[symbol].add(connection)
    finally:
        for symbol in mine:
            followers[symbol].discard(connection)


async def ingest(reader, _):
    while line := await reader.readline():
        text = line[:-1].decode()
        broadcast(followers[text[23:30]], text)


async def main():
    port, feed = map(int, sys.argv[1:])
    async with serve(client, "127.0.0.1", port, compression=None, backlog=4096), await asyncio.start_server(ingest, "127.0.0.1", feed):
        await asyncio.get_running_loop().create_future()


uvloop.run(main())
