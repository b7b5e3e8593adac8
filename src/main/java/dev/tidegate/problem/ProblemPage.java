package dev.tidegate.problem;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The page behind a problem's type: what it means and what the caller can do. */
public final class ProblemPage {
  private static final Map<String, String> PAGES = new HashMap<>();

  static {
    for (Problem problem : Problem.values()) {
      PAGES.put(problem.slug(), render(problem));
    }
  }

  private ProblemPage() {}

  /** The HTML page of the problem with this slug, or null. */
  public static @Nullable String html(String slug) {
    return PAGES.get(slug);
  }

  private static String render(Problem problem) {
    return """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><title>%1$s</title>
        <style>body{font:16px/1.5 system-ui,sans-serif;max-width:40em;margin:3em auto;padding:0 1em}</style>
        </head><body><h1>%1$s</h1>
        <p><code>%2$d %3$s</code></p>
        <p>%4$s</p>
        <p>The document that brought you here carries a <code>requestId</code>: quote it when you ask for help.</p>
        </body></html>
        """
        .formatted(problem.title(), problem.status(), problem.type(), advice(problem));
  }

  private static String advice(Problem problem) {
    return switch (problem) {
      case BAD_REQUEST ->
          "The request breaks a rule of HTTP or of this endpoint; the detail says which. Sending it again unchanged will not help.";
      case UNAUTHENTICATED ->
          "Send an API key in <code>X-API-Key</code>, a token in <code>Authorization: Bearer</code>, or both, as the route demands.";
      case FORBIDDEN -> "The credentials are valid but do not allow this.";
      case BANNED ->
          "An operator has shut out this address or consumer; the detail says why. Trying again will not help: ask them.";
      case NOT_FOUND ->
          "No route matches this host and path, or the thing that was asked for does not exist or belongs to somebody else.";
      case METHOD_NOT_ALLOWED ->
          "The path exists; <code>Allow</code> lists the methods that it takes.";
      case NOT_ACCEPTABLE -> "Ask for a type that the endpoint produces.";
      case REQUEST_TIMEOUT ->
          "The head or the body of the request arrived too slowly. It may be sent again.";
      case CONFLICT ->
          "Something else has changed the same thing. Look at its present state first.";
      case BODY_TOO_LARGE -> "Send a smaller body.";
      case URI_TOO_LONG -> "Send a shorter request line, for instance with parameters in the body.";
      case UNSUPPORTED_MEDIA_TYPE -> "Send the body as a type that the endpoint takes.";
      case EXPECTATION_FAILED -> "The only expectation that is met is <code>100-continue</code>.";
      case IDEMPOTENCY_KEY_REUSED ->
          "An idempotency key stands for one request. Use a new key for a new request.";
      case IDEMPOTENCY_KEY_IN_USE ->
          "The first request with this key is still under way. Send the same request again in a moment to learn its answer.";
      case INVALID_COMMAND ->
          "The command was understood but cannot be accepted; the detail says why.";
      case RATE_LIMITED ->
          "Wait as long as <code>Retry-After</code> says. <code>RateLimit</code> tells what is left.";
      case TOO_MANY_CONNECTIONS -> "Close connections that are not needed, or share them.";
      case HEADERS_TOO_LARGE -> "Send fewer or shorter headers.";
      case INTERNAL ->
          "Something went wrong inside the gateway. It is not the caller's fault; trying again may help.";
      case UPSTREAM_UNREACHABLE ->
          "No connection to the service behind this route could be made. Nothing was sent: it is safe to try again.";
      case UPSTREAM_BROKEN ->
          "The service behind this route broke off. <code>outcome</code> says whether it may have acted on the request.";
      case UNAVAILABLE, COMMAND_LOG_UNAVAILABLE, STATE_UNAVAILABLE ->
          "Something that this request needs is away. <code>outcome</code> says whether it may have been sent; with an idempotency key it is always safe to try again.";
      case CIRCUIT_OPEN ->
          "The service behind this route has failed too often, and is not asked for a while. Nothing was sent: try again when <code>Retry-After</code> is over.";
      case DEADLINE_EXCEEDED ->
          "There was no answer within the time that the request itself allowed. <code>outcome</code> says whether it may have been sent.";
      case OVERLOADED -> "There is more to do than can be done now. Try again with growing pauses.";
      case DRAINING -> "This node is about to stop. Try again: another one will answer.";
      case UPSTREAM_TIMEOUT ->
          "The service behind this route took too long. It may or may not have acted on the request.";
    };
  }
}
