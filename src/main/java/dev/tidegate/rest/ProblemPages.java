package dev.tidegate.rest;

import dev.tidegate.policy.Reply;
import dev.tidegate.problem.Problem;
import dev.tidegate.problem.ProblemPage;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.util.List;

/** {@code /problems/{slug}}: what a problem's type leads to. */
final class ProblemPages {
  private static final CharSequence HTML = HttpHeaders.createOptimized("text/html; charset=utf-8");
  private static final String NOTHING = "there is no such problem";

  private ProblemPages() {}

  static Site site() {
    return new Site("/problems", NOTHING, new Endpoint("/{slug}", List.of(), ProblemPages::answer));
  }

  private static void answer(Asked asked) {
    String page = ProblemPage.html(asked.name());
    if (page == null) {
      asked.exchange().refuse(Problem.NOT_FOUND, NOTHING);
    } else {
      asked.exchange().responseHeaders().set(HttpHeaders.CACHE_CONTROL, "public, max-age=3600");
      asked.exchange().answer(new Reply.Content(200, HTML, Buffer.buffer(page)));
    }
  }
}
