package dev.tidegate.upstream;

import dev.tidegate.loop.Loop;
import dev.tidegate.upstream.UpstreamConfig.Endpoint;
import dev.tidegate.upstream.balance.LoadReport;
import dev.tidegate.upstream.balance.Selection;
import dev.tidegate.upstream.health.CheckConfig;
import dev.tidegate.upstream.health.Fitness;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Asks endpoints how they are: by a request where the upstream has a check, by a connection those
 * that are out where it has none. One instance of the node does it for all; lives on its event
 * loop.
 */
final class Checks {
  private final UpstreamNode node;
  private final Dialer dialer;
  private final Loop loop;
  private final Function<UpstreamConfig, WebClient> clients;
  private @Nullable List<Subject> subjects;

  Checks(UpstreamNode node, Dialer dialer, Loop loop, Function<UpstreamConfig, WebClient> clients) {
    this.node = node;
    this.dialer = dialer;
    this.loop = loop;
    this.clients = clients;
  }

  /** Asks those whose time it is, if this is the instance that does; called ten times a second. */
  void tick() {
    if (node.leads(this)) {
      List<Subject> all = subjects;
      if (all == null) {
        all = subjects();
        subjects = all;
      }
      all.forEach(Subject::ask);
    }
  }

  /** Leaves it to another instance. */
  void resign() {
    node.resign(this);
  }

  private List<Subject> subjects() {
    List<Subject> all = new ArrayList<>();
    for (UpstreamConfig upstream : node.configs()) {
      WebClient client = upstream.check() == null ? null : clients.apply(upstream);
      for (int i = 0; i < upstream.endpoints().size(); i++) {
        all.add(new Subject(upstream, i, client));
      }
    }
    return all;
  }

  /** One endpoint. */
  private final class Subject {
    private final UpstreamConfig upstream;
    private final int number;
    private final Endpoint endpoint;
    private final Fitness fitness;
    private final @Nullable Selection selection;
    private final @Nullable WebClient client;
    private boolean asking;
    private long next;

    Subject(UpstreamConfig upstream, int number, @Nullable WebClient client) {
      this.upstream = upstream;
      this.number = number;
      this.endpoint = upstream.endpoints().get(number);
      this.fitness = node.fitness(upstream);
      this.selection = node.selection(upstream);
      this.client = client;
      this.next = loop.nanos();
    }

    void ask() {
      CheckConfig check = upstream.check();
      if (asking || loop.nanos() < next) {
        return;
      }
      if (check != null && client != null) {
        next = loop.nanos() + check.every().toNanos();
        asking = true;
        check(check, client);
      } else if (fitness.toBeTried(number)) {
        asking = true;
        connect();
      }
    }

    private void check(CheckConfig check, WebClient by) {
      by.get(endpoint.port(), endpoint.host(), check.path())
          .virtualHost(upstream.serverName(endpoint))
          .timeout(check.timeout().toMillis())
          .send()
          .onComplete(
              answer -> {
                if (selection != null) {
                  heed(selection, answer);
                }
                answered(well(answer), "status " + answer.statusCode());
              },
              failure -> answered(false, String.valueOf(failure.getMessage())));
    }

    private void heed(Selection heeding, HttpResponse<Buffer> answer) {
      String header = answer.getHeader(LoadReport.HEADER.toString());
      LoadReport load =
          header != null ? LoadReport.ofHeader(header) : LoadReport.ofJson(answer.bodyAsString());
      if (load != null) {
        heeding.reported(number, load);
      }
    }

    private static boolean well(HttpResponse<?> answer) {
      return answer.statusCode() >= 200 && answer.statusCode() < 400;
    }

    private void answered(boolean well, String detail) {
      asking = false;
      fitness.checked(number, well, detail);
    }

    private void connect() {
      Future<HttpClientConnection> connection = dialer.dial(upstream, endpoint);
      connection
          .compose(HttpClientConnection::close)
          .onComplete(
              v -> connected(true, ""),
              failure -> connected(connection.succeeded(), "no connection to it"));
    }

    private void connected(boolean is, String detail) {
      asking = false;
      fitness.tried(number, is, detail);
    }
  }
}
