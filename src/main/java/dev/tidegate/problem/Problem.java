package dev.tidegate.problem;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Every kind of refusal: its type URI (a page that the gateway serves), status and title. */
public enum Problem {
  BAD_REQUEST(400, "The request is malformed"),
  UNAUTHENTICATED(401, "Credentials are missing or not valid"),
  FORBIDDEN(403, "The caller may not do this"),
  BANNED(403, "The caller is banned"),
  NOT_FOUND(404, "There is nothing here"),
  METHOD_NOT_ALLOWED(405, "The method is not allowed here"),
  NOT_ACCEPTABLE(406, "None of the accepted types can be produced"),
  REQUEST_TIMEOUT(408, "The request took too long to arrive"),
  CONFLICT(409, "The request conflicts with the present state"),
  BODY_TOO_LARGE(413, "The body is too large"),
  URI_TOO_LONG(414, "The request line is too long"),
  UNSUPPORTED_MEDIA_TYPE(415, "The body's type is not supported"),
  EXPECTATION_FAILED(417, "The expectation cannot be met"),
  IDEMPOTENCY_KEY_REUSED(422, "The idempotency key was used for another request"),
  IDEMPOTENCY_KEY_IN_USE(
      409, "The first request with this idempotency key is still being accepted"),
  INVALID_COMMAND(422, "The command cannot be accepted"),
  RATE_LIMITED(429, "The rate limit is used up"),
  TOO_MANY_CONNECTIONS(429, "Too many connections"),
  HEADERS_TOO_LARGE(431, "The headers are too large"),
  INTERNAL(500, "The gateway failed"),
  UPSTREAM_UNREACHABLE(502, "The upstream cannot be reached"),
  UPSTREAM_BROKEN(502, "The upstream broke off or answered nonsense"),
  UNAVAILABLE(503, "The service is unavailable"),
  CIRCUIT_OPEN(503, "The circuit breaker of the upstream is open"),
  COMMAND_LOG_UNAVAILABLE(503, "The command log is unavailable"),
  STATE_UNAVAILABLE(503, "The state store is unavailable"),
  OVERLOADED(503, "The gateway is overloaded"),
  DRAINING(503, "This node is leaving"),
  UPSTREAM_TIMEOUT(504, "The upstream did not answer in time"),
  DEADLINE_EXCEEDED(504, "The caller's deadline is over");

  private static final Map<String, Problem> NAMED =
      Arrays.stream(values()).collect(Collectors.toMap(Problem::name, Function.identity()));

  private final String slug = name().toLowerCase(Locale.ROOT).replace('_', '-');
  private final int status;
  private final String title;

  Problem(int status, String title) {
    this.status = status;
    this.title = title;
  }

  /** As nodes tell each other; what a newer one knows and we do not is a failure of the gateway. */
  public static Problem named(String name) {
    return NAMED.getOrDefault(name, INTERNAL);
  }

  /** The last part of the type, as in {@code rate-limited}. */
  public String slug() {
    return slug;
  }

  public String type() {
    return "/problems/" + slug;
  }

  public int status() {
    return status;
  }

  public String title() {
    return title;
  }
}
