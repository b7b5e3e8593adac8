package dev.tidegate.stream.socket;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.stream.encode.Deflate;
import dev.tidegate.stream.encode.Frames;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ConnectionBase;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What {@link Platform} assumes of Vert.x and Netty: an upgrade that breaks it fails here. */
@SuppressWarnings("try") // a connection is looked at for as long as it is open
class PlatformIT {
  private static final String REQUEST =
      "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";

  private final Vertx vertx = Vertx.vertx();
  private final Frames frames = new Frames(UnpooledByteBufAllocator.DEFAULT, 1);
  private final BlockingQueue<Object> connections = new LinkedBlockingQueue<>();
  private final BlockingQueue<List<ChannelHandler>> before = new LinkedBlockingQueue<>();
  private final BlockingQueue<List<ChannelHandler>> after = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
  private HttpServer server;

  @BeforeEach
  void listen() {
    HttpServerOptions options = new HttpServerOptions().setHost("127.0.0.1").setPort(0);
    server = vertx.createHttpServer(options).requestHandler(this::upgrade).listen().await();
  }

  @AfterEach
  void close() {
    vertx.close().await();
    frames.close();
  }

  private void upgrade(HttpServerRequest request) {
    connections.add(request.connection());
    ChannelPipeline pipeline =
        ((ConnectionBase) request.connection()).channelHandlerContext().channel().pipeline();
    before.add(handlers(pipeline));
    Connection connection = new Connection(frames, System::nanoTime, 1024, Deflate.NONE);
    connection.receiver(
        new Receiver() {
          @Override
          public void message(int opcode, byte[] bytes, int length) {
            messages.add(new String(bytes, 0, length, UTF_8));
          }

          @Override
          public void drained() {}

          @Override
          public void ended() {}
        });
    Platform.detach(
        request.connection(),
        new StrictDecoder(false, 1024, connection),
        connection,
        Unpooled.copiedBuffer("switched", ISO_8859_1),
        0);
    Platform.begin(request.connection());
    after.add(handlers(pipeline));
  }

  private static List<ChannelHandler> handlers(ChannelPipeline pipeline) {
    return List.copyOf(pipeline.toMap().values());
  }

  private static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
    T item = queue.poll(10, TimeUnit.SECONDS);
    assertThat(item).isNotNull();
    return item;
  }

  private Socket client(byte[]... bytes) throws Exception {
    Socket socket = new Socket("127.0.0.1", server.actualPort());
    socket.setSoTimeout(10_000);
    socket.getOutputStream().write(ClientFrames.together(bytes));
    return socket;
  }

  @Test
  void aConnectionOfHttp1KnowsItsChannel() throws Exception {
    try (Socket ignored = client(REQUEST.getBytes(ISO_8859_1))) {
      assertThat(next(connections)).isInstanceOf(ConnectionBase.class);
    }
  }

  @Test
  void theRequestIsReadByOneDecoderOfNetty() throws Exception {
    try (Socket ignored = client(REQUEST.getBytes(ISO_8859_1))) {
      assertThat(next(before)).filteredOn(HttpRequestDecoder.class::isInstance).hasSize(1);
    }
  }

  @Test
  void nothingOfHttpStays() throws Exception {
    try (Socket ignored = client(REQUEST.getBytes(ISO_8859_1))) {
      assertThat(next(after)).hasExactlyElementsOfTypes(StrictDecoder.class, Connection.class);
    }
  }

  @Test
  void theAnswerGoesOutAsItIs() throws Exception {
    try (Socket socket = client(REQUEST.getBytes(ISO_8859_1))) {
      assertThat(socket.getInputStream().readNBytes(8)).asString(ISO_8859_1).isEqualTo("switched");
    }
  }

  @Test
  void whatWasSentBehindTheRequestIsNotLost() throws Exception {
    try (Socket ignored =
        client(REQUEST.getBytes(ISO_8859_1), ClientFrames.frame(0x81, "early".getBytes(UTF_8)))) {
      assertThat(next(messages)).isEqualTo("early");
    }
  }
}
