package dev.tidegate.ingress.connection;

import dev.tidegate.net.HttpDate;
import dev.tidegate.net.RequestIds;
import dev.tidegate.problem.Problem;
import dev.tidegate.problem.ProblemDocument;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.function.Supplier;

/** Answers what the codec could not read; nothing after it on the connection can be trusted. */
public final class InvalidRequests implements Handler<HttpServerRequest> {
  private final Supplier<String> ids;

  public InvalidRequests(Supplier<String> ids) {
    this.ids = ids;
  }

  @Override
  public void handle(HttpServerRequest request) {
    Throwable cause = request.decoderResult().cause();
    Problem problem =
        cause instanceof TooLongHttpLineException
            ? Problem.URI_TOO_LONG
            : cause instanceof TooLongHttpHeaderException
                ? Problem.HEADERS_TOO_LARGE
                : Problem.BAD_REQUEST;
    String id = ids.get();
    request
        .response()
        .setStatusCode(problem.status())
        .putHeader(HttpHeaders.CONTENT_TYPE, ProblemDocument.CONTENT_TYPE)
        .putHeader(RequestIds.HEADER, id)
        .putHeader(HttpHeaders.DATE, HttpDate.ofSystem())
        .putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE)
        .end(ProblemDocument.render(problem, "the request cannot be read", id, null));
    request.connection().close();
  }
}
