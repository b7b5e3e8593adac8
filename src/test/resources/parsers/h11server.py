"""A server on Python's h11; answers with what it has read. Prints its port."""
import asyncio
import posixpath
from urllib.parse import unquote_to_bytes

import h11


def route(target):
    path = unquote_to_bytes(target.split(b"?")[0]).decode("latin1")
    first = posixpath.normpath("/" + path).strip("/").split("/")[0]
    return first if first in ("open", "secret") else "root"


async def serve(reader, writer):
    connection = h11.Connection(h11.SERVER, max_incomplete_event_size=1 << 20)
    request, body, turn = None, b"", 0
    try:
        while True:
            event = connection.next_event()
            if event is h11.NEED_DATA:
                connection.receive_data(await reader.read(65536))
            elif isinstance(event, h11.Request):
                request, body, turn = event, b"", turn + 1
            elif isinstance(event, h11.Data):
                body += event.data
            elif isinstance(event, h11.EndOfMessage):
                name = next((value for key, value in request.headers if key == b"x-request-id"), b"")
                seen = [request.method.hex(), request.target.hex(), route(request.target), name.hex(), body.hex(), str(turn)]
                head = h11.Response(status_code=200, headers=[("X-Sighting", ".".join(seen)), ("Content-Length", "0")])
                writer.write(connection.send(head) + connection.send(h11.EndOfMessage()))
                await writer.drain()
                if connection.our_state is h11.MUST_CLOSE:
                    return
                connection.start_next_cycle()
            else:
                return
    except h11.RemoteProtocolError as e:
        text = str(e).encode("ascii", "replace").hex()
        writer.write(f"HTTP/1.1 400 Bad\r\nContent-Length: 0\r\nConnection: close\r\nX-Why: {text}\r\n\r\n".encode())
    except ConnectionError:
        pass
    finally:
        writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
