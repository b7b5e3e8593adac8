package dev.tidegate.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tidegate.testing.JavaGrpc;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Who asks without a pause: reads, orders, and sockets and streams that stay open. */
final class SoakCallers implements AutoCloseable {
  private static final int READERS = 4;
  private static final int OPEN = 10;
  private static final int PAUSE_MILLIS = 20;

  private final URI gateway;
  private final SoakUpstreams upstreams;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final List<Thread> threads = new ArrayList<>();
  private final List<WebSocket> sockets = new ArrayList<>();
  private final List<StreamObserver<byte[]>> streams = new ArrayList<>();
  private final ManagedChannel channel;
  private final AtomicInteger number = new AtomicInteger();
  private volatile boolean over;

  final AtomicInteger reads = new AtomicInteger();
  final AtomicInteger orders = new AtomicInteger();
  final AtomicInteger unknown = new AtomicInteger();
  final AtomicInteger echoes = new AtomicInteger();

  /** What should not have happened. */
  final List<String> wrong = new CopyOnWriteArrayList<>();

  SoakCallers(URI gateway, SoakUpstreams upstreams) {
    this.gateway = gateway;
    this.upstreams = upstreams;
    channel =
        NettyChannelBuilder.forAddress(gateway.getHost(), gateway.getPort()).usePlaintext().build();
    for (int i = 0; i < OPEN; i++) {
      sockets.add(socket());
      streams.add(stream());
    }
    for (int i = 0; i < READERS; i++) {
      threads.add(Thread.ofVirtual().start(() -> repeat(this::read)));
    }
    threads.add(Thread.ofVirtual().start(() -> repeat(this::order)));
    threads.add(Thread.ofVirtual().start(() -> repeat(this::speak)));
  }

  private void repeat(Runnable turn) {
    while (!over) {
      turn.run();
      try {
        Thread.sleep(PAUSE_MILLIS);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void read() {
    reads.incrementAndGet();
    String path = "/r/" + number.incrementAndGet();
    HttpResponse<String> answer = ask(HttpRequest.newBuilder(gateway.resolve(path)).GET());
    if (answer != null && answer.statusCode() != 200) {
      wrong.add("GET " + path + ": " + answer.statusCode() + " " + answer.body());
    }
  }

  /** May be lost with the endpoint that had begun to carry it out, and only then. */
  private void order() {
    orders.incrementAndGet();
    String path = "/r/" + number.incrementAndGet();
    HttpResponse<String> answer =
        ask(
            HttpRequest.newBuilder(gateway.resolve(path))
                .POST(HttpRequest.BodyPublishers.ofString("order")));
    if (answer == null || answer.statusCode() == 200) {
      return;
    }
    if (answer.body().contains("\"outcome\":\"unknown\"")) {
      unknown.incrementAndGet();
    } else {
      wrong.add(
          "POST "
              + path
              + " (seen: "
              + upstreams.saw(path)
              + "): "
              + answer.statusCode()
              + " "
              + answer.body());
    }
  }

  private HttpResponse<String> ask(HttpRequest.Builder request) {
    try {
      return http.send(
          request.timeout(Duration.ofSeconds(30)).build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      wrong.add("no answer: " + e);
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  private void speak() {
    for (WebSocket socket : sockets) {
      socket.sendText("hello", true);
    }
    for (StreamObserver<byte[]> stream : streams) {
      stream.onNext("hello".getBytes(UTF_8));
    }
    try {
      Thread.sleep(200);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private WebSocket socket() {
    URI uri = URI.create("ws://" + gateway.getAuthority() + "/ws");
    return http.newWebSocketBuilder().buildAsync(uri, new Echoes()).join();
  }

  private StreamObserver<byte[]> stream() {
    return ClientCalls.asyncBidiStreamingCall(
        channel.newCall(JavaGrpc.method("Chat", MethodType.BIDI_STREAMING), CallOptions.DEFAULT),
        new StreamObserver<>() {
          @Override
          public void onNext(byte[] message) {
            echoes.incrementAndGet();
          }

          @Override
          public void onError(Throwable cause) {
            if (!over) {
              wrong.add("a gRPC stream broke: " + cause);
            }
          }

          @Override
          public void onCompleted() {
            if (!over) {
              wrong.add("a gRPC stream ended");
            }
          }
        });
  }

  private final class Echoes implements WebSocket.Listener {
    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      echoes.incrementAndGet();
      socket.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      if (!over) {
        wrong.add("a WebSocket was closed: " + code + " " + reason);
      }
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable cause) {
      if (!over) {
        wrong.add("a WebSocket broke: " + cause);
      }
    }
  }

  @Override
  public void close() {
    over = true;
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    sockets.forEach(WebSocket::abort);
    channel.shutdownNow();
    http.close();
  }
}
