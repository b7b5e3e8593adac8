"""What stands behind the gateway: gives back the body it gets. backend.py PORT"""
import asyncio
import sys


async def serve(reader, writer):
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin1").lower()
            fields = dict(line.split(":", 1) for line in head.split("\r\n")[1:] if line)
            if "chunked" in fields.get("transfer-encoding", ""):
                writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                size = 1
                while size:
                    line = await reader.readuntil(b"\r\n")
                    size = int(line.split(b";")[0], 16)
                    writer.write(line + await reader.readexactly(size + 2))
                    await writer.drain()
            else:
                left = int(fields.get("content-length", "0"))
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % left)
                while left:
                    part = await reader.read(min(left, 65536))
                    if not part:
                        return
                    left -= len(part)
                    writer.write(part)
                    await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", int(sys.argv[1]))
    await server.serve_forever()


asyncio.run(main())
