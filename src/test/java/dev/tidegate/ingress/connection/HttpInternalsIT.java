package dev.tidegate.ingress.connection;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.net.Certificates;
import dev.tidegate.net.ClientAuthentication;
import dev.tidegate.net.TlsFiles;
import dev.tidegate.testing.Bodies;
import dev.tidegate.testing.Certificate;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpConnectOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What {@link HttpInternals} assumes of Vert.x and Netty: an upgrade that breaks it fails here. */
@Timeout(30)
class HttpInternalsIT {
  /** How a caller comes. */
  private enum Way {
    HTTP1(HttpVersion.HTTP_1_1, false),
    HTTP1_TLS(HttpVersion.HTTP_1_1, true),
    HTTP2(HttpVersion.HTTP_2, false),
    HTTP2_TLS(HttpVersion.HTTP_2, true);

    final HttpVersion version;
    final boolean tls;

    Way(HttpVersion version, boolean tls) {
      this.version = version;
      this.tls = tls;
    }
  }

  private final Vertx vertx = Vertx.vertx();
  private final BlockingQueue<HttpConnection> connections = new LinkedBlockingQueue<>();
  private final BlockingQueue<Boolean> http2 = new LinkedBlockingQueue<>();
  private final BlockingQueue<Boolean> bodies = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> read = new LinkedBlockingQueue<>();

  /** A client that nobody holds closes its connections. */
  private final List<HttpClientAgent> clients = new ArrayList<>();

  private HttpServer plain;
  private HttpServer secure;

  @BeforeEach
  void listen() {
    Certificate files = Certificate.create();
    plain = listen(options());
    secure =
        listen(
            new Certificates(new SimpleMeterRegistry())
                .of(
                    new TlsFiles(
                        "http", files.key(), files.cert(), ClientAuthentication.NONE, null),
                    List.of(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1))
                .secure(options(), pair -> pair.getKeyManagerFactory(vertx)));
  }

  @AfterEach
  void close() {
    vertx.close().await();
  }

  private static HttpServerOptions options() {
    return new HttpServerOptions().setHost("127.0.0.1").setPort(0).setHttp2ClearTextEnabled(true);
  }

  private HttpServer listen(HttpServerOptions options) {
    return vertx
        .createHttpServer(options)
        .connectionHandler(this::opened)
        .requestHandler(request -> answer(request, "served"))
        .listen()
        .await();
  }

  private void opened(HttpConnection connection) {
    connections.add(connection);
    Channel channel = HttpInternals.channel(connection);
    http2.add(HttpInternals.http2(channel));
    HttpInternals.serve(connection, request -> answer(request, "served directly"));
    HttpInternals.addBeforeCodec(
        channel,
        "recorder",
        new ChannelInboundHandlerAdapter() {
          @Override
          public void channelRead(ChannelHandlerContext ctx, Object message) {
            read.add(((ByteBuf) message).toString(ISO_8859_1));
            ctx.fireChannelRead(message);
          }
        });
  }

  private void answer(HttpServerRequest request, String text) {
    Channel channel = HttpInternals.channel(request.connection());
    bodies.add(HttpInternals.bodyFollows(channel, request));
    request.response().end(text);
  }

  private HttpClientConnection connect(Way way) {
    HttpClientOptions options =
        new HttpClientOptions()
            .setProtocolVersion(way.version)
            .setHttp2ClearTextUpgrade(false)
            .setSsl(way.tls)
            .setUseAlpn(way.tls)
            .setTrustAll(true)
            .setVerifyHost(false);
    int port = (way.tls ? secure : plain).actualPort();
    HttpClientAgent client = vertx.createHttpClient(options);
    clients.add(client);
    return client.connect(new HttpConnectOptions().setHost("127.0.0.1").setPort(port)).await();
  }

  private static String get(HttpClientConnection connection) {
    return connection
        .request(new RequestOptions().setURI("/"))
        .compose(Bodies::of)
        .map(Buffer::toString)
        .await();
  }

  private static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
    T item = queue.poll(10, TimeUnit.SECONDS);
    assertThat(item).isNotNull();
    return item;
  }

  @ParameterizedTest
  @EnumSource
  void aConnectionKnowsItsChannel(Way way) throws InterruptedException {
    HttpClientConnection client = connect(way);
    get(client);
    assertThat(HttpInternals.channel(next(connections)).remoteAddress())
        .hasToString("/127.0.0.1:" + client.localAddress().port());
  }

  @ParameterizedTest
  @EnumSource
  void theProtocolIsSettledWhenAConnectionIsAnnounced(Way way) throws InterruptedException {
    get(connect(way));
    assertThat(next(http2)).isEqualTo(way.version == HttpVersion.HTTP_2);
  }

  @ParameterizedTest
  @EnumSource
  void theListeningSocketIsTheParentOfAChannel(Way way) throws InterruptedException {
    get(connect(way));
    Channel parent = HttpInternals.channel(next(connections)).parent();
    assertThat(parent.localAddress())
        .hasToString("/127.0.0.1:" + (way.tls ? secure : plain).actualPort());
  }

  @Test
  void aConnectionOfHttp1TakesAHandlerOfItsOwn() {
    assertThat(get(connect(Way.HTTP1))).isEqualTo("served directly");
    assertThat(get(connect(Way.HTTP1_TLS))).isEqualTo("served directly");
  }

  @Test
  void aConnectionOfHttp2KeepsTheHandlerOfTheServer() {
    assertThat(get(connect(Way.HTTP2))).isEqualTo("served");
    assertThat(get(connect(Way.HTTP2_TLS))).isEqualTo("served");
  }

  @Test
  void aHandlerOfItsOwnSeesWebSocketUpgradesOfAnyVersion() throws Exception {
    String upgrade =
        String.join(
            "\r\n",
            "GET / HTTP/1.1",
            "Host: a",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Version: 99",
            "\r\n");
    String answer = "HTTP/1.1 200 OK\r\ncontent-length: 15\r\n\r\nserved directly";
    try (Socket socket = new Socket("127.0.0.1", plain.actualPort())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(upgrade.getBytes(ISO_8859_1));
      assertThat(socket.getInputStream().readNBytes(answer.length()))
          .asString(ISO_8859_1)
          .isEqualTo(answer);
    }
  }

  @Test
  void thePrefaceAndSettingsOfHttp2AnnounceAConnection() throws Exception {
    String greeting = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0";
    try (Socket socket = new Socket("127.0.0.1", plain.actualPort())) {
      socket.getOutputStream().write(greeting.getBytes(ISO_8859_1));
      assertThat(next(http2)).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aHandlerBeforeTheCodecSeesPlainBytes(Way way) throws InterruptedException {
    HttpClientConnection client = connect(way);
    get(client);
    get(client);
    String bytes;
    do {
      bytes = next(read);
    } while (!beginsWithSecondHead(way, bytes));
  }

  /** Of the requests on a connection: a request line, or the HEADERS frame of stream 3. */
  private static boolean beginsWithSecondHead(Way way, String bytes) {
    return way.version == HttpVersion.HTTP_2
        ? bytes.length() > 9 && bytes.charAt(3) == 1 && bytes.charAt(8) == 3
        : bytes.startsWith("GET / HTTP/1.1\r\n");
  }

  @Test
  void aStreamOfHttp2TellsWhetherABodyFollows() throws InterruptedException {
    for (Way way : List.of(Way.HTTP2, Way.HTTP2_TLS)) {
      HttpClientConnection client = connect(way);
      get(client);
      assertThat(next(bodies)).isFalse();
      // The head alone, as its body may be long in coming.
      HttpClientRequest post =
          client.request(new RequestOptions().setURI("/").setMethod(HttpMethod.POST)).await();
      post.setChunked(true).writeHead().await();
      assertThat(next(bodies)).isTrue();
      post.end().await();
    }
  }

  @Test
  void aConnectionOfHttp1HasNoStreams() throws InterruptedException {
    get(connect(Way.HTTP1));
    assertThat(next(bodies)).isFalse();
  }
}
