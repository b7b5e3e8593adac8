package dev.tidegate.stream;

import static dev.tidegate.testing.Await.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.bus.Markets.Snapshot;
import dev.tidegate.stream.door.Upgrade;
import dev.tidegate.stream.encode.Frames;
import dev.tidegate.stream.socket.WindowInflater;
import dev.tidegate.testing.Certificate;
import dev.tidegate.testing.JsonSocket;
import dev.tidegate.testing.RawWebSocket;
import dev.tidegate.testing.RawWebSocket.Frame;
import dev.tidegate.testing.TlsCaller;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The stream over TLS: the same as without, with a certificate of its own. */
class TlsIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long T = 1_700_000_000_000_001L;

  private final List<RawWebSocket> clients = new ArrayList<>();
  private Certificate certificate;
  private SSLContext trusting;
  private final TestStream stream = new TestStream("AAA");
  private final FakeMarket market = stream.market;
  private int port;

  @BeforeEach
  void start() throws Exception {
    certificate = Certificate.create();
    trusting = trusting(certificate.cert());
    market.silently(
        "AAA",
        Channel.BOOK,
        T,
        new Snapshot(List.of(FakeMarket.level("1", "1")), List.of(FakeMarket.level("2", "1"))));
    stream.start(
        """
        tls: {port: 0, key: "%s", cert: "%s"}
        drain: 1s
        sendBuffer: 4096
        adaptive: false
        echo: true
        """
            .formatted(certificate.key(), certificate.cert()));
    port = stream.tlsPort();
  }

  private static SSLContext trusting(String path) throws Exception {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (InputStream pem = Files.newInputStream(Path.of(path))) {
      store.setCertificateEntry(
          "it", CertificateFactory.getInstance("X.509").generateCertificate(pem));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  @AfterEach
  void stop() throws Exception {
    for (RawWebSocket client : clients) {
      client.close();
    }
    stream.close();
  }

  /** A receive buffer of 0 is whatever the system gives. */
  private RawWebSocket open(String path, String protocol, int receiveBuffer, String... headers)
      throws IOException {
    Socket plain = new Socket();
    if (receiveBuffer > 0) {
      plain.setReceiveBufferSize(receiveBuffer);
    }
    plain.connect(new InetSocketAddress("127.0.0.1", port));
    SSLSocket socket =
        (SSLSocket) trusting.getSocketFactory().createSocket(plain, "localhost", port, true);
    socket.setEnabledProtocols(new String[] {protocol});
    socket.startHandshake();
    RawWebSocket client = RawWebSocket.open(socket, "wss://localhost:" + port + path, headers);
    clients.add(client);
    return client;
  }

  private static void subscribe(RawWebSocket client, String channel) throws IOException {
    client.sendText(
        "{\"op\":\"subscribe\",\"id\":1,\"channels\":[{\"channel\":\""
            + channel
            + "\",\"symbol\":\"AAA\",\"window\":0}]}");
    String op = "";
    while (!op.equals("subscribed")) {
      op = JSON.readTree(client.nextText()).path("op").asText();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void carriesMarketDataPingsAndTheClose(String protocol) throws Exception {
    RawWebSocket client = open("/v1/stream", protocol, 0);
    subscribe(client, "book");
    JsonNode snapshot = JSON.readTree(client.nextText()).get(0);
    assertThat(snapshot.path("kind").asText()).isEqualTo("snapshot");
    market.say("AAA", Channel.BOOK, T + 1, FakeMarket.bid("1.5", "3"));
    JsonNode delta = JSON.readTree(client.nextText()).get(0);
    assertThat(delta.path("prevSeq")).isEqualTo(snapshot.path("seq"));
    assertThat(delta.at("/bids/0/1").asText()).isEqualTo("3");

    client.send(0x89, "are you there".getBytes(StandardCharsets.US_ASCII));
    Frame pong = client.next();
    assertThat(pong.opcode()).isEqualTo(Frames.PONG);
    assertThat(new String(pong.payload(), StandardCharsets.US_ASCII)).isEqualTo("are you there");

    client.send(0x88, new byte[] {3, (byte) 0xE8});
    assertThat(client.closeCode()).isEqualTo(1000);
    assertThat(client.ended()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void saysWhyItClosesToAClientThatGoesOnSending(String protocol) throws Exception {
    RawWebSocket client = open("/v1/stream", protocol, 0);
    subscribe(client, "book");
    client.nextText();
    client.send(0x83, new byte[1]);
    for (int i = 0; i < 30; i++) {
      client.send(0x82, new byte[100_000]);
    }
    assertThat(client.closeCode()).isEqualTo(1002);
    assertThat(client.ended()).isTrue();
  }

  @Test
  void compresses() throws Exception {
    RawWebSocket client =
        open(
            "/v1/stream",
            "TLSv1.3",
            0,
            "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits");
    assertThat(client.extensions()).startsWith("permessage-deflate");
    subscribe(client, "trades");
    for (int i = 0; i < 50; i++) {
      market.say("AAA", Channel.TRADES, T + i, FakeMarket.trade("t" + i));
    }
    int seq = 0;
    while (seq < 50) {
      JsonNode message = JSON.readTree(text(client.next()));
      for (JsonNode trade : message.get(0).path("trades")) {
        assertThat(trade.path("seq").asInt()).isEqualTo(++seq);
      }
    }
  }

  private static byte[] text(Frame frame) {
    assertThat(frame.head()).as("a compressed text").isEqualTo(0xC1);
    return WindowInflater.message(frame.payload(), frame.payload().length, 15);
  }

  @Test
  void aSlowReaderMissesNoTradeGetsTheLastPriceAndDelaysNobody() throws Exception {
    RawWebSocket slow = open("/v1/stream", "TLSv1.3", 4096);
    RawWebSocket prices = open("/v1/stream", "TLSv1.3", 4096);
    RawWebSocket fast = open("/v1/stream", "TLSv1.3", 0);
    subscribe(slow, "trades");
    subscribe(prices, "ticker");
    subscribe(fast, "trades");
    int count = 6_000;
    CompletableFuture<Integer> received = CompletableFuture.supplyAsync(() -> trades(fast, count));
    for (int i = 1; i <= count; i++) {
      market.say("AAA", Channel.TRADES, T + i, FakeMarket.trade("t" + i));
      market.say("AAA", Channel.TICKER, T + i, FakeMarket.ticker(Integer.toString(i)));
    }
    assertThat(received.get(20, TimeUnit.SECONDS)).as("the others are not delayed").isPositive();
    assertThat(trades(slow, count)).isPositive();
    int messages = 0;
    int last = 0;
    while (last < count) {
      for (JsonNode each : JSON.readTree(prices.nextText())) {
        messages++;
        int bid = each.path("bid").asInt();
        assertThat(bid).isGreaterThan(last);
        last = bid;
      }
    }
    assertThat(messages).as("what waited was not kept for it").isLessThan(count * 3 / 4);
  }

  /** Reads trades up to the count, each once and in order; returns the frames that they took. */
  private static int trades(RawWebSocket client, int count) {
    int seq = 0;
    int frames = 0;
    try {
      while (seq < count) {
        JsonNode message = JSON.readTree(client.nextText());
        frames++;
        for (JsonNode each : message.isArray() ? message : JSON.createArrayNode()) {
          for (JsonNode trade : each.path("trades")) {
            assertThat(trade.path("seq").asInt()).isEqualTo(++seq);
          }
        }
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return frames;
  }

  @Test
  void aClientThatIsNotOursGetsIn() {
    try (HttpClient http = HttpClient.newBuilder().sslContext(trusting).build();
        JsonSocket client = JsonSocket.open(http, "wss://localhost:" + port + Upgrade.STREAM)) {
      assertThat(client.next().path("op").asText()).isEqualTo("welcome");
    }
  }

  @Test
  void clearTextGetsNowhere() throws Exception {
    assertThatThrownBy(() -> RawWebSocket.open("ws://127.0.0.1:" + port + "/v1/stream").close())
        .isInstanceOf(IOException.class);
  }

  @Test
  void takesAuthenticatedEncryptionOnlyAndShowsANewCertificate() throws Exception {
    TlsCaller caller = TlsCaller.trusting(port);
    assertThatThrownBy(
            () -> caller.open("TLSv1.2", "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256").close())
        .isInstanceOf(SSLException.class);
    RawWebSocket old = open("/v1/echo", "TLSv1.3", 0);
    Certificate next = Certificate.create();
    for (String[] copy :
        new String[][] {{next.key(), certificate.key()}, {next.cert(), certificate.cert()}}) {
      Files.copy(Path.of(copy[0]), Path.of(copy[1]), StandardCopyOption.REPLACE_EXISTING);
    }
    trusting = trusting(next.cert());
    await(
        () -> {
          try (SSLSocket socket = caller.open("")) {
            return TlsCaller.shown(socket)
                .getSerialNumber()
                .equals(serial(Files.readAllBytes(Path.of(next.cert()))));
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
    open("/v1/echo", "TLSv1.3", 0);
    old.sendText("still here");
    assertThat(old.nextText()).isEqualTo("still here");
  }

  private static BigInteger serial(byte[] pem) throws Exception {
    return ((X509Certificate)
            CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(pem)))
        .getSerialNumber();
  }
}
