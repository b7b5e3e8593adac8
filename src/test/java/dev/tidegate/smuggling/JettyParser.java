package dev.tidegate.smuggling;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.URIUtil;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * Jetty, which takes any path, and answers with what it has read; behind another server, with what
 * that one says of route and turn.
 */
final class JettyParser implements AutoCloseable {
  private static final String TURNS = "turns";
  private static final int IDLE_MILLIS = 600_000;

  private final Server server = new Server(new QueuedThreadPool(100));
  private final ServerConnector connector;

  JettyParser(boolean behindAnother) throws Exception {
    HttpConfiguration configuration = new HttpConfiguration();
    configuration.setUriCompliance(UriCompliance.UNSAFE);
    configuration.setSendServerVersion(false);
    connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(configuration));
    connector.setHost("127.0.0.1");
    connector.setIdleTimeout(IDLE_MILLIS);
    server.addConnector(connector);
    server.setHandler(new Sightings(behindAnother));
    server.start();
  }

  int port() {
    return connector.getLocalPort();
  }

  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static final class Sightings extends Handler.Abstract {
    private final boolean behindAnother;

    Sightings(boolean behindAnother) {
      this.behindAnother = behindAnother;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
      ByteBuffer body = Content.Source.asByteBuffer(request);
      Sighting sighting =
          new Sighting(
              request.getMethod(),
              request.getHttpURI().getPathQuery(),
              behindAnother ? said(request, "X-Seen-Route") : route(request),
              said(request, "X-Request-Id"),
              ISO_8859_1.decode(body).toString(),
              behindAnother ? Integer.parseInt(said(request, "X-Seen-Turn")) : turn(request));
      response.getHeaders().put(Sighting.HEADER, sighting.format());
      response.getHeaders().put(HttpHeader.CONTENT_LENGTH, 0);
      callback.succeeded();
      return true;
    }

    private static String said(Request request, String name) {
      String value = request.getHeaders().get(name);
      return value == null ? "" : value;
    }

    private static int turn(Request request) {
      Object turns = request.getConnectionMetaData().getAttribute(TURNS);
      int turn = turns == null ? 1 : (Integer) turns + 1;
      request.getConnectionMetaData().setAttribute(TURNS, turn);
      return turn;
    }

    private static String route(Request request) {
      String path = URIUtil.decodePath(request.getHttpURI().getCanonicalPath());
      String first = (path + "//").split("/", 3)[1];
      return first.equals("open") || first.equals("secret") ? first : "root";
    }
  }
}
