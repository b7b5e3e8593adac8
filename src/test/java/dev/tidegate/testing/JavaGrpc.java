package dev.tidegate.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.StringJoiner;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The service {@code test.Echo} by grpc-java, as {@code echo.py} has it by grpcio. */
public final class JavaGrpc implements AutoCloseable {
  public static final Metadata.Key<String> ASK = text("x-ask");
  public static final Metadata.Key<String> ECHO = text("x-echo");
  public static final Metadata.Key<String> TRAILING = text("x-trailing");
  public static final Metadata.Key<String> WHY = text("x-why");
  public static final Metadata.Key<byte[]> RAW =
      Metadata.Key.of("x-raw-bin", Metadata.BINARY_BYTE_MARSHALLER);

  private final CountDownLatch cancelled = new CountDownLatch(1);
  private final Server server;

  public JavaGrpc() {
    try {
      server =
          NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
              .maxInboundMessageSize(Integer.MAX_VALUE)
              .intercept(new Metadatas())
              .addService(service())
              .build()
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return server.getPort();
  }

  private static Metadata.Key<String> text(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  /** One of the service's methods. */
  public static MethodDescriptor<byte[], byte[]> method(String name, MethodType type) {
    return MethodDescriptor.<byte[], byte[]>newBuilder()
        .setFullMethodName(MethodDescriptor.generateFullMethodName("test.Echo", name))
        .setType(type)
        .setRequestMarshaller(new Bytes())
        .setResponseMarshaller(new Bytes())
        .build();
  }

  private ServerServiceDefinition service() {
    return ServerServiceDefinition.builder("test.Echo")
        .addMethod(
            method("Unary", MethodType.UNARY),
            ServerCalls.asyncUnaryCall(
                (byte[] request, StreamObserver<byte[]> to) -> one(to, request)))
        .addMethod(
            method("Gather", MethodType.CLIENT_STREAMING),
            ServerCalls.asyncClientStreamingCall(JavaGrpc::gather))
        .addMethod(
            method("Scatter", MethodType.SERVER_STREAMING),
            ServerCalls.asyncServerStreamingCall(JavaGrpc::scatter))
        .addMethod(
            method("Chat", MethodType.BIDI_STREAMING),
            ServerCalls.asyncBidiStreamingCall(JavaGrpc::chat))
        .addMethod(
            method("Fail", MethodType.UNARY),
            ServerCalls.asyncUnaryCall((byte[] request, StreamObserver<byte[]> to) -> fail(to)))
        .addMethod(
            method("Slow", MethodType.UNARY),
            ServerCalls.asyncUnaryCall((byte[] request, StreamObserver<byte[]> to) -> slow()))
        .addMethod(
            method("Gone", MethodType.UNARY),
            ServerCalls.asyncUnaryCall((byte[] request, StreamObserver<byte[]> to) -> gone(to)))
        .build();
  }

  private static void one(StreamObserver<byte[]> to, byte[] message) {
    to.onNext(message);
    to.onCompleted();
  }

  private static StreamObserver<byte[]> gather(StreamObserver<byte[]> to) {
    StringJoiner all = new StringJoiner(",");
    return new Each(
        to,
        message -> all.add(new String(message, UTF_8)),
        () -> one(to, all.toString().getBytes(UTF_8)));
  }

  private static void scatter(byte[] request, StreamObserver<byte[]> to) {
    int count = Integer.parseInt(new String(request, UTF_8));
    for (int i = 0; i < count; i++) {
      to.onNext(Integer.toString(i).getBytes(UTF_8));
    }
    to.onCompleted();
  }

  private static StreamObserver<byte[]> chat(StreamObserver<byte[]> to) {
    return new Each(
        to,
        message -> to.onNext(("re:" + new String(message, UTF_8)).getBytes(UTF_8)),
        to::onCompleted);
  }

  private static void fail(StreamObserver<byte[]> to) {
    Metadata trailers = new Metadata();
    trailers.put(WHY, "because");
    to.onError(
        new StatusRuntimeException(Status.NOT_FOUND.withDescription("nothing: ä%"), trailers));
  }

  private void slow() {
    Context.current().addListener(context -> cancelled.countDown(), Runnable::run);
  }

  private void gone(StreamObserver<byte[]> to) {
    try {
      one(to, (cancelled.await(10, TimeUnit.SECONDS) ? "yes" : "no").getBytes(UTF_8));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    server.shutdownNow();
  }

  private record Each(
      StreamObserver<byte[]> to, java.util.function.Consumer<byte[]> message, Runnable end)
      implements StreamObserver<byte[]> {
    @Override
    public void onNext(byte[] value) {
      message.accept(value);
    }

    @Override
    public void onError(Throwable cause) {
      // the caller has cancelled
    }

    @Override
    public void onCompleted() {
      end.run();
    }
  }

  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Answers what was asked in the head, and says goodbye in the trailers. */
  private static final class Metadatas implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      String asked = headers.get(ASK);
      return next.startCall(
          new io.grpc.ForwardingServerCall.SimpleForwardingServerCall<Q, A>(call) {
            @Override
            public void sendHeaders(Metadata head) {
              head.put(ECHO, asked == null ? "" : asked);
              super.sendHeaders(head);
            }

            @Override
            public void close(Status status, Metadata trailers) {
              trailers.put(TRAILING, "bye");
              trailers.put(RAW, new byte[] {0, -1, 1});
              super.close(status, trailers);
            }
          },
          headers);
    }
  }
}
