"""The service test.Echo, and a caller of it that says what is wrong, by grpcio.

echo.py serve        listens on a free port of 127.0.0.1 and prints it
echo.py call ADDRESS calls each method and ends with 0 when all is as it should be
"""
import sys
import threading
from concurrent import futures

import grpc

SERVICE = "test.Echo"
LARGE = 3_000_000
cancelled = threading.Event()


def unary(request, context):
    asked = dict(context.invocation_metadata())
    context.send_initial_metadata((("x-echo", asked.get("x-ask", "")),))
    context.set_trailing_metadata((("x-trailing", "bye"), ("x-raw-bin", b"\x00\xff\x01")))
    return request


def gather(requests, context):
    return b",".join(requests)


def scatter(request, context):
    for i in range(int(request)):
        yield b"%d" % i


def chat(requests, context):
    for request in requests:
        yield b"re:" + request


def fail(request, context):
    context.set_trailing_metadata((("x-why", "because"),))
    context.abort(grpc.StatusCode.NOT_FOUND, "nothing: \u00e4%")


def slow(request, context):
    gone = threading.Event()
    context.add_callback(gone.set)
    gone.wait(20)
    cancelled.set()
    return b""


def gone(request, context):
    return b"yes" if cancelled.wait(10) else b"no"


def serve():
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=16), options=[("grpc.max_receive_message_length", -1)])
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, {
        "Unary": grpc.unary_unary_rpc_method_handler(unary),
        "Gather": grpc.stream_unary_rpc_method_handler(gather),
        "Scatter": grpc.unary_stream_rpc_method_handler(scatter),
        "Chat": grpc.stream_stream_rpc_method_handler(chat),
        "Fail": grpc.unary_unary_rpc_method_handler(fail),
        "Slow": grpc.unary_unary_rpc_method_handler(slow),
        "Gone": grpc.unary_unary_rpc_method_handler(gone),
    }),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    server.wait_for_termination()


def check(what, is_so):
    if not is_so:
        sys.exit("wrong: " + what)


def failure(call):
    try:
        call()
    except grpc.RpcError as e:
        return e
    sys.exit("wrong: no failure")


def call(address):
    channel = grpc.insecure_channel(address, options=[("grpc.max_receive_message_length", -1)])

    def of(kind, name):
        return getattr(channel, kind)("/" + SERVICE + "/" + name)

    answer, info = of("unary_unary", "Unary").with_call(b"hello", metadata=(("x-ask", "who"),), timeout=10)
    check("unary", answer == b"hello")
    check("initial metadata", dict(info.initial_metadata())["x-echo"] == "who")
    check("trailing metadata", dict(info.trailing_metadata())["x-trailing"] == "bye")
    check("binary metadata", dict(info.trailing_metadata())["x-raw-bin"] == b"\x00\xff\x01")
    check("empty", of("unary_unary", "Unary")(b"", timeout=10) == b"")
    large = bytes(i % 251 for i in range(LARGE))
    check("large", of("unary_unary", "Unary")(large, timeout=20) == large)
    check("client stream", of("stream_unary", "Gather")(iter([b"a", b"b", b"c"]), timeout=10) == b"a,b,c")
    check("server stream", list(of("unary_stream", "Scatter")(b"1000", timeout=20)) == [b"%d" % i for i in range(1000)])
    check("no messages", list(of("unary_stream", "Scatter")(b"0", timeout=10)) == [])

    turn = threading.Semaphore(0)

    def says():  # each message only after the answer to the last: both directions are open at once
        for i in range(20):
            yield b"%d" % i
            turn.acquire()

    heard = []
    for message in of("stream_stream", "Chat")(says(), timeout=20):
        heard.append(message)
        turn.release()
    check("both streams", heard == [b"re:%d" % i for i in range(20)])

    e = failure(lambda: of("unary_unary", "Fail")(b"", timeout=10))
    check("status", e.code() == grpc.StatusCode.NOT_FOUND and e.details() == "nothing: \u00e4%")
    check("metadata of a failure", dict(e.trailing_metadata())["x-why"] == "because")
    e = failure(lambda: of("unary_unary", "Nothing")(b"", timeout=10))
    check("unimplemented", e.code() == grpc.StatusCode.UNIMPLEMENTED)
    e = failure(lambda: of("unary_unary", "Slow")(b"", timeout=0.5))
    check("deadline", e.code() == grpc.StatusCode.DEADLINE_EXCEEDED)
    check("the server hears of it", of("unary_unary", "Gone")(b"", timeout=15) == b"yes")


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve()
    else:
        call(sys.argv[2])
