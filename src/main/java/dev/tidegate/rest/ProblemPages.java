package dev.tidegate.rest;

import dev.tidegate.policy.Exchange;
import dev.tidegate.policy.Reply;
import dev.tidegate.problem.Problem;
import dev.tidegate.problem.ProblemPage;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;

/** {@code /problems/{slug}}: what a problem's type leads to. */
public final class ProblemPages {
  private static final CharSequence HTML = HttpHeaders.createOptimized("text/html; charset=utf-8");

  ProblemPages() {}

  public void answer(Exchange exchange) {
    String path = exchange.path();
    String page = ProblemPage.html(path.substring(path.lastIndexOf('/') + 1));
    if (page == null) {
      exchange.refuse(Problem.NOT_FOUND, "there is no such problem");
    } else {
      exchange.responseHeaders().set(HttpHeaders.CACHE_CONTROL, "public, max-age=3600");
      exchange.answer(new Reply.Content(200, HTML, Buffer.buffer(page)));
    }
  }
}
