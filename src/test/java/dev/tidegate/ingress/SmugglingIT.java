package dev.tidegate.ingress;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidegate.smuggling.Http2Generator;
import dev.tidegate.smuggling.RequestGenerator;
import dev.tidegate.smuggling.RequestGenerator.Connection;
import dev.tidegate.smuggling.Splitter;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever is sent, the gateway and the servers behind it agree on where each request ends, and on
 * which path it has. {@code -Dtidegate.requests=100000} for the long form, {@code -Dtidegate.seed}
 * for other ones.
 */
@Timeout(3_600)
class SmugglingIT {
  private static final int REQUESTS = Integer.getInteger("tidegate.requests", 3_000);
  private static final long SEED = Long.getLong("tidegate.seed", 20_261_127);
  private static final int CALLERS = 6;
  private static final int PAUSE_MILLIS = 500;
  private static final Pattern MARK = Pattern.compile("(?i)\r\nx-mark: ([^\r]*)");
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path dir;
  private final AtomicInteger sent = new AtomicInteger();
  private final List<String> wrong = new CopyOnWriteArrayList<>();

  @Test
  void whereARequestEndsAndWhichPathItHasIsReadAlikeByAll() throws Exception {
    Path log = dir.resolve("access.log");
    try (Splitter servers = new Splitter(8_000)) {
      try (TestGateway gateway =
          new TestGateway()
              .http("accessLog: " + log)
              .routes(
                  Routes.of("id: open, prefix: /open, upstream: backend"),
                  Routes.of("id: secret, prefix: /secret, upstream: backend"),
                  Routes.of("id: root, prefix: /, upstream: backend"))
              .upstream(TestGateway.upstreamOf("backend", "outlier: {failures: 0}", servers.port()))
              .start()) {
        call(gateway.port());
      }
      int answered = compare(servers, log);
      System.out.printf(
          "smuggling: seed=%d sent=%d forwarded=%d servers=%s missing=%s refused=%s"
              + " disagreements=%d%n",
          SEED,
          sent.get(),
          servers.requests(),
          servers.names(),
          servers.missing(),
          servers.refusals(),
          servers.disagreements().size() + wrong.size());
      assertThat(servers.disagreements().stream().limit(20)).isEmpty();
      assertThat(wrong.stream().limit(20)).isEmpty();
      assertThat(answered).isGreaterThan(sent.get() / 4);
    }
  }

  @Test
  void withoutTheGatewayTheyWouldDisagree() throws Exception {
    try (Splitter servers = new Splitter(1_000)) {
      RequestGenerator generator = new RequestGenerator(SEED);
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < 60; i++) {
          Connection connection = generator.next();
          threads.execute(() -> sendOnce(servers.port(), connection));
        }
      }
      assertThat(servers.disagreements().size()).isGreaterThan(5);
    }
  }

  private void sendOnce(int port, Connection connection) {
    try {
      send(port, connection);
    } catch (IOException e) {
      wrong.add(e.toString());
    }
  }

  /** Several callers in turns, so that the gateway's connections carry the requests of all. */
  private void call(int port) throws Exception {
    List<Future<?>> callers = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      RequestGenerator generator = new RequestGenerator(SEED);
      Http2Generator http2 = new Http2Generator(SEED);
      for (int i = 0; i < CALLERS; i++) {
        callers.add(
            threads.submit(
                () -> {
                  while (sent.get() < REQUESTS) {
                    call(port, generator, http2);
                  }
                  return null;
                }));
      }
    }
    for (Future<?> caller : callers) {
      caller.get();
    }
  }

  private void call(int port, RequestGenerator generator, Http2Generator http2) throws IOException {
    for (int i = 0; i < 4; i++) {
      Connection connection;
      synchronized (generator) {
        connection = generator.next();
      }
      sent.addAndGet(connection.requests());
      send(port, connection);
    }
    Http2Generator.Request request;
    synchronized (generator) {
      request = http2.next();
    }
    sent.addAndGet(2);
    send(port, request);
  }

  private void send(int port, Connection connection) throws IOException {
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(PAUSE_MILLIS);
      socket.getOutputStream().write(connection.bytes());
      try {
        socket.getInputStream().transferTo(read);
      } catch (SocketTimeoutException e) {
        // The last request was taken for a part of another one, which waits for more.
        socket.setSoTimeout(30_000);
        socket.shutdownOutput();
        socket.getInputStream().transferTo(read);
      }
    } catch (SocketTimeoutException e) {
      wrong.add("no end: " + text(connection));
    } catch (SocketException e) {
      // reset after a refusal
    }
    String bytes = new String(connection.bytes(), ISO_8859_1);
    Matcher marks = MARK.matcher(read.toString(ISO_8859_1));
    while (marks.find()) {
      String mark = marks.group(1);
      if (!bytes.contains("c=" + mark)) {
        wrong.add("an answer to " + mark + " for " + text(connection));
      }
    }
  }

  private static String text(Connection connection) {
    return connection.mark() + ": " + new String(connection.bytes(), ISO_8859_1);
  }

  private void send(int port, Http2Generator.Request request) throws IOException {
    try (RawHttp2 http = new RawHttp2(port)) {
      boolean more = !request.data().isEmpty() || request.trailers().length > 0;
      int end = more ? 0 : RawHttp2.END_STREAM;
      http.send(RawHttp2.HEADERS, end | RawHttp2.END_HEADERS, 1, RawHttp2.block(request.head()));
      for (int i = 0; i < request.data().size(); i++) {
        boolean last = i == request.data().size() - 1 && request.trailers().length == 0;
        byte[] data = request.data().get(i).getBytes(ISO_8859_1);
        http.send(RawHttp2.DATA, last ? RawHttp2.END_STREAM : 0, 1, data);
      }
      if (request.trailers().length > 0) {
        byte[] trailers = RawHttp2.block(request.trailers());
        http.send(RawHttp2.HEADERS, RawHttp2.END_STREAM | RawHttp2.END_HEADERS, 1, trailers);
      }
      if (!http.fate(1).startsWith("closed")) {
        http.request(3, RawHttp2.get("/other/last?c=" + request.mark() + "-last"));
        http.fate(3);
      }
    } catch (SocketTimeoutException e) {
      wrong.add("no end: " + String.join("|", request.head()) + request.data());
    } catch (SocketException | EOFException e) {
      // closed after a refusal
    }
  }

  /**
   * Holds each line of the gateway's log to what arrived; how many were answered by the servers.
   */
  private static int compare(Splitter servers, Path log) throws IOException {
    Set<String> logged = new HashSet<>();
    int answered = 0;
    for (String line : Files.readAllLines(log)) {
      JsonNode entry = JSON.readTree(line);
      String id = entry.path("requestId").asText();
      logged.add(id);
      if (entry.path("status").asInt() == 200) {
        answered++;
        servers.compare(
            id,
            entry.path("method").asText(),
            entry.path("path").asText(),
            entry.path("route").asText());
      }
    }
    for (String id : servers.ids()) {
      if (!logged.contains(id)) {
        servers.disagreements().add("the gateway knows nothing of " + id);
      }
    }
    return answered;
  }
}
