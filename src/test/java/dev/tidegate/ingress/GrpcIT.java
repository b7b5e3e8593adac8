package dev.tidegate.ingress;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tidegate.testing.ForeignGrpc;
import dev.tidegate.testing.ForeignGrpc.Language;
import dev.tidegate.testing.JavaGrpc;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * gRPC through the gateway, with servers and callers of three implementations that are not ours.
 */
@Timeout(120)
class GrpcIT {
  private static JavaGrpc java;
  private static ForeignGrpc python;
  private static ForeignGrpc node;
  private static TestGateway beforeJava;
  private static TestGateway beforePython;
  private static TestGateway beforeNode;

  @BeforeAll
  static void start() {
    java = new JavaGrpc();
    python = new ForeignGrpc(Language.PYTHON);
    node = new ForeignGrpc(Language.NODE);
    beforeJava = before(java.port());
    beforePython = before(python.port());
    beforeNode = before(node.port());
  }

  @AfterAll
  static void stop() {
    beforeNode.close();
    beforePython.close();
    beforeJava.close();
    node.close();
    python.close();
    java.close();
  }

  private static TestGateway before(int port) {
    return new TestGateway()
        .routes(Routes.below("/test.Echo"))
        .upstream(TestGateway.upstreamOf("backend", "h2: true", port))
        .start();
  }

  private static TestGateway gateway(String server) {
    return switch (server) {
      case "java" -> beforeJava;
      case "python" -> beforePython;
      default -> beforeNode;
    };
  }

  private static ManagedChannel channel(TestGateway gateway) {
    return NettyChannelBuilder.forAddress("127.0.0.1", gateway.port())
        .usePlaintext()
        .maxInboundMessageSize(Integer.MAX_VALUE)
        .build();
  }

  private static CallOptions within(long millis) {
    return CallOptions.DEFAULT.withDeadlineAfter(millis, TimeUnit.MILLISECONDS);
  }

  private static byte[] unary(Channel channel, String method, byte[] request, long millis) {
    return ClientCalls.blockingUnaryCall(
        channel, JavaGrpc.method(method, MethodType.UNARY), within(millis), request);
  }

  @ParameterizedTest
  @ValueSource(strings = {"java", "python", "node"})
  void grpcioAndGrpcJsAreServed(String server) {
    for (Language language : Language.values()) {
      assertThat(ForeignGrpc.call(language, gateway(server).port())).as("%s", language).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"java", "python", "node"})
  void passesUnaryCallsWithMetadataBothWays(String server) {
    ManagedChannel channel = channel(gateway(server));
    AtomicReference<Metadata> head = new AtomicReference<>();
    AtomicReference<Metadata> trailers = new AtomicReference<>();
    Metadata asked = new Metadata();
    asked.put(JavaGrpc.ASK, "who");
    Channel told =
        ClientInterceptors.intercept(
            channel,
            MetadataUtils.newAttachHeadersInterceptor(asked),
            MetadataUtils.newCaptureMetadataInterceptor(head, trailers));
    assertThat(unary(told, "Unary", "hello".getBytes(UTF_8), 10_000)).asString().isEqualTo("hello");
    assertThat(head.get().get(JavaGrpc.ECHO)).isEqualTo("who");
    assertThat(trailers.get().get(JavaGrpc.TRAILING)).isEqualTo("bye");
    assertThat(trailers.get().get(JavaGrpc.RAW)).containsExactly(0, -1, 1);
    byte[] large = new byte[3_000_000];
    large[2_999_999] = 7;
    assertThat(unary(channel, "Unary", large, 20_000)).isEqualTo(large);
    channel.shutdownNow();
  }

  @ParameterizedTest
  @ValueSource(strings = {"java", "python", "node"})
  void streamsFromTheServer(String server) {
    ManagedChannel channel = channel(gateway(server));
    Iterator<byte[]> answers =
        ClientCalls.blockingServerStreamingCall(
            channel,
            JavaGrpc.method("Scatter", MethodType.SERVER_STREAMING),
            within(20_000),
            "1000".getBytes(UTF_8));
    int next = 0;
    while (answers.hasNext()) {
      assertThat(new String(answers.next(), UTF_8)).isEqualTo(Integer.toString(next++));
    }
    assertThat(next).isEqualTo(1000);
    channel.shutdownNow();
  }

  /** Hears what comes, and in the end the status. */
  private static final class Heard implements StreamObserver<byte[]> {
    private final BlockingQueue<String> all = new LinkedBlockingQueue<>();

    @Override
    public void onNext(byte[] message) {
      all.add(new String(message, UTF_8));
    }

    @Override
    public void onError(Throwable cause) {
      all.add(Status.fromThrowable(cause).getCode().toString());
    }

    @Override
    public void onCompleted() {
      all.add("end");
    }

    String next() throws InterruptedException {
      return all.poll(10, TimeUnit.SECONDS);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"java", "python", "node"})
  void streamsBothWaysAtOnce(String server) throws InterruptedException {
    ManagedChannel channel = channel(gateway(server));
    Heard heard = new Heard();
    StreamObserver<byte[]> says =
        ClientCalls.asyncBidiStreamingCall(
            channel.newCall(
                JavaGrpc.method("Chat", MethodType.BIDI_STREAMING), CallOptions.DEFAULT),
            heard);
    for (int i = 0; i < 20; i++) {
      says.onNext(Integer.toString(i).getBytes(UTF_8));
      assertThat(heard.next()).isEqualTo("re:" + i);
    }
    says.onCompleted();
    assertThat(heard.next()).isEqualTo("end");
    Heard gathered = new Heard();
    StreamObserver<byte[]> gives =
        ClientCalls.asyncClientStreamingCall(
            channel.newCall(
                JavaGrpc.method("Gather", MethodType.CLIENT_STREAMING), CallOptions.DEFAULT),
            gathered);
    List.of("a", "b", "c").forEach(text -> gives.onNext(text.getBytes(UTF_8)));
    gives.onCompleted();
    assertThat(gathered.next()).isEqualTo("a,b,c");
    assertThat(gathered.next()).isEqualTo("end");
    channel.shutdownNow();
  }

  @ParameterizedTest
  @ValueSource(strings = {"java", "python", "node"})
  void passesErrorsAndDeadlines(String server) {
    ManagedChannel channel = channel(gateway(server));
    StatusRuntimeException failure =
        catchThrowableOfType(
            StatusRuntimeException.class, () -> unary(channel, "Fail", new byte[0], 10_000));
    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(failure.getStatus().getDescription()).isEqualTo("nothing: ä%");
    assertThat(failure.getTrailers().get(JavaGrpc.WHY)).isEqualTo("because");
    assertThatThrownBy(() -> unary(channel, "Nothing", new byte[0], 10_000))
        .hasMessageStartingWith("UNIMPLEMENTED");
    assertThatThrownBy(() -> unary(channel, "Slow", new byte[0], 500))
        .hasMessageStartingWith("DEADLINE_EXCEEDED");
    assertThat(unary(channel, "Gone", new byte[0], 15_000)).asString().isEqualTo("yes");
    channel.shutdownNow();
  }

  @Test
  void saysToGrpcToWhenTheUpstreamIsAway() throws IOException {
    int closed;
    try (ServerSocket taken = new ServerSocket(0)) {
      closed = taken.getLocalPort();
    }
    try (TestGateway gateway = before(closed)) {
      ManagedChannel channel = channel(gateway);
      assertThatThrownBy(() -> unary(channel, "Unary", new byte[0], 10_000))
          .hasMessageStartingWith("UNAVAILABLE");
      channel.shutdownNow();
    }
  }

  @Test
  void servesManyCallsAtOnce() throws Exception {
    ManagedChannel channel = channel(beforeJava);
    List<Thread> callers = new ArrayList<>();
    List<String> answers = Collections.synchronizedList(new ArrayList<>());
    for (int i = 0; i < 50; i++) {
      byte[] request = Integer.toString(i).getBytes(UTF_8);
      callers.add(
          Thread.ofVirtual()
              .start(
                  () -> answers.add(new String(unary(channel, "Unary", request, 10_000), UTF_8))));
    }
    for (Thread caller : callers) {
      caller.join();
    }
    assertThat(answers).hasSize(50).doesNotHaveDuplicates();
    channel.shutdownNow();
  }
}
