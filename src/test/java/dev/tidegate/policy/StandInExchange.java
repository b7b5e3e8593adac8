package dev.tidegate.policy;

import dev.tidegate.problem.Problem;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.util.function.Consumer;

/** An exchange without a connection, for tests of policies: what it would answer is kept. */
public final class StandInExchange implements Exchange {
  private final MultiMap requestHeaders = MultiMap.caseInsensitiveMultiMap();
  private final MultiMap responseHeaders = MultiMap.caseInsensitiveMultiMap();
  private String method = "GET";
  private String target = "/";
  private String client = "192.0.2.1";
  private String flaw;
  private long contentLength = -1;
  private long bodyLimit = Long.MAX_VALUE;
  private String requestId = "";
  private String path = "";
  private int route = -1;
  private Identity identity;
  private Permit permit;
  private Reply reply;
  private boolean passed;
  private boolean last;

  /** One that asks for this target. */
  public static StandInExchange get(String target) {
    StandInExchange exchange = new StandInExchange();
    exchange.target = target;
    return exchange;
  }

  public StandInExchange by(String otherMethod) {
    method = otherMethod;
    return this;
  }

  public StandInExchange with(String header, String value) {
    requestHeaders.add(header, value);
    return this;
  }

  public StandInExchange from(String address) {
    client = address;
    return this;
  }

  public StandInExchange from(Identity caller) {
    identity = caller;
    return this;
  }

  public StandInExchange on(int routeNumber) {
    route = routeNumber;
    return this;
  }

  public StandInExchange flawed(String why) {
    flaw = why;
    return this;
  }

  public StandInExchange bringing(long bytes) {
    contentLength = bytes;
    return this;
  }

  /** Lets the policy have its say. */
  public StandInExchange through(Policy policy) {
    passed = false;
    reply = null;
    policy.apply(this, () -> passed = true);
    if (passed == (reply != null)) {
      throw new AssertionError("a policy lets pass, or answers, and not both");
    }
    if (reply != null) {
      policy.onHead(this);
    }
    return this;
  }

  /** Whether the policy let it pass. */
  public boolean passed() {
    return passed;
  }

  /** What the policy answered, or null. */
  public Reply reply() {
    return reply;
  }

  /** How the policy refused it, or null. */
  public Reply.Refusal refusal() {
    return (Reply.Refusal) reply;
  }

  /** Whether the connection is to carry nothing after this. */
  public boolean last() {
    return last;
  }

  public long bodyLimit() {
    return bodyLimit;
  }

  @Override
  public HttpMethod method() {
    return HttpMethod.valueOf(method);
  }

  @Override
  public String target() {
    return target;
  }

  @Override
  public String host() {
    return requestHeaders.get("host");
  }

  @Override
  public MultiMap requestHeaders() {
    return requestHeaders;
  }

  @Override
  public String query(String name) {
    return null;
  }

  @Override
  public long contentLength() {
    return contentLength;
  }

  @Override
  public String expectation() {
    return requestHeaders.get("expect");
  }

  @Override
  public Reply.Refusal flaw() {
    return flaw == null ? null : new Reply.Refusal(Problem.BAD_REQUEST, flaw, null);
  }

  @Override
  public String client() {
    return client;
  }

  @Override
  public long started() {
    return 0;
  }

  @Override
  public String requestId() {
    return requestId;
  }

  @Override
  public void requestId(String id) {
    requestId = id;
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public void path(String normal) {
    path = normal;
  }

  @Override
  public int route() {
    return route;
  }

  @Override
  public void route(int number) {
    route = number;
  }

  @Override
  public Identity identity() {
    return identity;
  }

  @Override
  public void identity(Identity proven) {
    identity = proven;
  }

  @Override
  public Permit permit() {
    return permit;
  }

  @Override
  public void permit(Permit held) {
    permit = held;
  }

  @Override
  public void limitBody(long bytes) {
    bodyLimit = bytes;
  }

  @Override
  public MultiMap responseHeaders() {
    return responseHeaders;
  }

  @Override
  public int status() {
    return reply instanceof Reply.Refusal refusal ? refusal.problem().status() : 0;
  }

  @Override
  public long written() {
    return 0;
  }

  @Override
  public String cause() {
    return reply instanceof Reply.Refusal refusal ? refusal.problem().slug() : null;
  }

  @Override
  public void answer(Reply given) {
    reply = given;
  }

  @Override
  public void closeAfter() {
    last = true;
  }

  @Override
  public void stream(int status, CharSequence type) {
    throw new AssertionError("policies do not stream");
  }

  @Override
  public void write(Buffer data) {
    throw new AssertionError("policies do not stream");
  }

  @Override
  public boolean full() {
    return false;
  }

  @Override
  public void finish() {}

  @Override
  public void cutOff(String cause) {}

  @Override
  public void body(Consumer<Buffer> then) {
    then.accept(Buffer.buffer());
  }

  @Override
  public void fail(Throwable why) {
    throw new AssertionError(why);
  }

  @Override
  public void onGone(Runnable action) {}

  @Override
  public void encodeBody(BodyEncoder encoder) {
    throw new UnsupportedOperationException("no body leaves from here");
  }
}
