package dev.tidegate.app;

import dev.tidegate.testing.JavaGrpc;
import dev.tidegate.testing.Ports;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Three endpoints of one upstream, of which at most one at a time dies, returns and slows down; and
 * what stays up: one with WebSockets, one with gRPC.
 */
final class SoakUpstreams implements AutoCloseable {
  static final int ENDPOINTS = 3;
  private static final long SLOW_MILLIS = 400;

  private final Vertx vertx = Vertx.vertx();
  private final int first = Ports.free(ENDPOINTS + 1);
  private final HttpServer[] servers = new HttpServer[ENDPOINTS];
  private final JavaGrpc grpc = new JavaGrpc();
  private final Set<String> seen = ConcurrentHashMap.newKeySet();
  private volatile int slow = -1;
  int deaths;
  int slowdowns;

  SoakUpstreams() {
    for (int i = 0; i < ENDPOINTS; i++) {
      rise(i);
    }
    vertx
        .createHttpServer()
        .webSocketHandler(socket -> socket.textMessageHandler(socket::writeTextMessage))
        .listen(first + ENDPOINTS, "127.0.0.1")
        .await();
  }

  int port(int endpoint) {
    return first + endpoint;
  }

  int socketPort() {
    return first + ENDPOINTS;
  }

  int grpcPort() {
    return grpc.port();
  }

  /** Whether any endpoint has seen the request. */
  boolean saw(String path) {
    return seen.contains(path);
  }

  /** Something happens to one of them, while the others are well. */
  void trouble(Random random, Runnable wait) {
    int which = random.nextInt(ENDPOINTS);
    if (random.nextInt(3) == 0) {
      slowdowns++;
      slow = which;
      wait.run();
      slow = -1;
    } else {
      deaths++;
      servers[which].close().await();
      wait.run();
      rise(which);
    }
  }

  private void rise(int which) {
    servers[which] =
        vertx
            .createHttpServer()
            .requestHandler(request -> answer(which, request))
            .listen(port(which), "127.0.0.1")
            .await();
  }

  private void answer(int which, HttpServerRequest request) {
    if (!request.path().equals("/health")) {
      seen.add(request.path());
    }
    if (which == slow) {
      vertx.setTimer(SLOW_MILLIS, t -> request.response().end("slow"));
    } else {
      request.response().end("well");
    }
  }

  @Override
  public void close() {
    vertx.close().await();
    grpc.close();
  }
}
