package dev.tidegate.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One connection of the JDK's client, which is not ours, that speaks JSON and forgets nothing: what
 * came is taken from it message by message. {@link StreamClient} follows and checks instead.
 */
public final class JsonSocket implements WebSocket.Listener, AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final BlockingQueue<JsonNode> messages = new LinkedBlockingQueue<>();
  private final CompletableFuture<String> closed = new CompletableFuture<>();
  private final StringBuilder text = new StringBuilder();
  private final WebSocket socket;

  private JsonSocket(HttpClient http, String url, String... headers) {
    WebSocket.Builder builder = http.newWebSocketBuilder();
    for (int i = 0; i < headers.length; i += 2) {
      builder.header(headers[i], headers[i + 1]);
    }
    socket = builder.buildAsync(URI.create(url), this).join();
  }

  /** Headers are names and values by turns. */
  public static JsonSocket open(String url, String... headers) {
    return new JsonSocket(HTTP, url, headers);
  }

  public static JsonSocket open(HttpClient http, String url, String... headers) {
    return new JsonSocket(http, url, headers);
  }

  /** The answer with which an upgrade is refused. */
  @SuppressWarnings("unchecked") // the body that the JDK makes of a refused handshake is text
  public static HttpResponse<String> refusal(String url, String... headers) {
    try (JsonSocket in = open(url, headers)) {
      throw new AssertionError("let in: " + in.next());
    } catch (CompletionException e) {
      if (e.getCause() instanceof WebSocketHandshakeException refused) {
        return (HttpResponse<String>) refused.getResponse();
      }
      throw e;
    }
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
    text.append(data);
    if (last) {
      try {
        messages.add(JSON.readTree(text.toString()));
      } catch (IOException e) {
        closed.completeExceptionally(e);
      }
      text.setLength(0);
    }
    from.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
    closed.complete(code + " " + reason);
    return null;
  }

  @Override
  public void onError(WebSocket from, Throwable error) {
    closed.completeExceptionally(error);
  }

  /** Apostrophes stand for quotation marks. */
  public void send(String json) {
    socket.sendText(json.replace('\'', '"'), true).join();
  }

  public JsonNode next() {
    try {
      JsonNode message = messages.poll(20, TimeUnit.SECONDS);
      assertThat(message).as("a message").isNotNull();
      return message;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The next reply with the op; what comes before it is passed over. */
  public JsonNode reply(String op) {
    return until(message -> message.path("op").asText().equals(op));
  }

  /** The next batch. */
  public JsonNode data() {
    return until(JsonNode::isArray);
  }

  /** The next message that is wanted. */
  public JsonNode until(Predicate<JsonNode> wanted) {
    for (JsonNode message = next(); ; message = next()) {
      if (wanted.test(message)) {
        return message;
      }
    }
  }

  public boolean isOpen() {
    return !closed.isDone();
  }

  /** The code and the reason with which the other side closed. */
  public String closed() throws Exception {
    return closed.get(20, TimeUnit.SECONDS);
  }

  /** Says goodbye. */
  public void sendClose() {
    socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
  }

  /** Breaks off without a goodbye. */
  @Override
  public void close() {
    socket.abort();
  }
}
