package dev.tidegate.upstream;

import dev.tidegate.bus.Fallback;
import dev.tidegate.bus.Upstreams.Call;
import dev.tidegate.bus.Upstreams.Failed;
import dev.tidegate.bus.Upstreams.Hedge;
import dev.tidegate.bus.Upstreams.Times;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.net.NetSocket;
import io.vertx.core.streams.ReadStream;
import org.jspecify.annotations.Nullable;

/** Another call, of which a subclass hears some things first. */
abstract class CallFilter implements Call {
  final Call call;

  CallFilter(Call call) {
    this.call = call;
  }

  @Override
  public String upstream() {
    return call.upstream();
  }

  @Override
  public HttpMethod method() {
    return call.method();
  }

  @Override
  public String uri() {
    return call.uri();
  }

  @Override
  public @Nullable String host() {
    return call.host();
  }

  @Override
  public String client() {
    return call.client();
  }

  @Override
  public @Nullable String header(String name) {
    return call.header(name);
  }

  @Override
  public String route() {
    return call.route();
  }

  @Override
  public String requestId() {
    return call.requestId();
  }

  @Override
  public Times times() {
    return call.times();
  }

  @Override
  public long leftMillis() {
    return call.leftMillis();
  }

  @Override
  public @Nullable Hedge hedge() {
    return call.hedge();
  }

  @Override
  public boolean switching() {
    return call.switching();
  }

  @Override
  public void switched(MultiMap headers, NetSocket socket, Runnable over) {
    call.switched(headers, socket, over);
  }

  @Override
  public void requestHead(MultiMap to) {
    call.requestHead(to);
  }

  @Override
  public @Nullable ReadStream<Buffer> requestBody() {
    return call.requestBody();
  }

  @Override
  public @Nullable MultiMap requestTrailers() {
    return call.requestTrailers();
  }

  @Override
  public void bodyWanted() {
    call.bodyWanted();
  }

  @Override
  public boolean takesTrailers() {
    return call.takesTrailers();
  }

  @Override
  public void responseInterim(int status, MultiMap headers) {
    call.responseInterim(status, headers);
  }

  @Override
  public boolean responseHead(int status, MultiMap headers) {
    return call.responseHead(status, headers);
  }

  @Override
  public void responseData(Buffer data) {
    call.responseData(data);
  }

  @Override
  public void responseFlush() {
    call.responseFlush();
  }

  @Override
  public boolean responseFull() {
    return call.responseFull();
  }

  @Override
  public void onDrain(Runnable resume) {
    call.onDrain(resume);
  }

  @Override
  public void responseEnd(@Nullable Buffer last, @Nullable MultiMap trailers) {
    call.responseEnd(last, trailers);
  }

  @Override
  public void failed(Failed failure) {
    call.failed(failure);
  }

  @Override
  public void circuitOpen(String detail, long retryAfter, @Nullable Fallback fallback) {
    call.circuitOpen(detail, retryAfter, fallback);
  }

  @Override
  public void onGone(Runnable cancel) {
    call.onGone(cancel);
  }
}
