package dev.tidegate.admin;

import dev.tidegate.bus.Bus;
import dev.tidegate.loop.Loop;
import dev.tidegate.net.Escapes;
import dev.tidegate.net.RequestIds;
import dev.tidegate.problem.Problem;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** Everything that the admin listener answers: the one list of its paths and their order. */
final class AdminApi {
  private static final String ROOT = Responses.ROOT;
  private static final int MOST_BODY = 64 * 1024;

  private static final Duration ANNOUNCE_EVERY = Duration.ofSeconds(5);

  private final RequestIds ids;
  private final Access access;
  private final Pages pages;
  private final RolesApi roles;
  private final RulesApi rules;
  private final AnnouncementsApi announcements;
  private final Views views;
  private final List<Call> calls;

  /** Begins at once to hear what other nodes announce. */
  AdminApi(
      AdminConfig config, String node, Bus bus, Loop loop, RandomGenerator random, Pages pages) {
    this.ids = new RequestIds(random);
    this.access = new Access(config);
    this.pages = pages;
    this.roles = new RolesApi(bus);
    this.rules = new RulesApi(bus);
    this.announcements = new AnnouncementsApi(bus, node, loop::millis, ids);
    this.views = new Views(new Gather(bus, loop, ids), node);
    this.calls = Stream.concat(open().stream(), guarded().stream()).toList();
    announcements.start();
    loop.every(ANNOUNCE_EVERY, announcements::tell);
  }

  void mount(Router router) {
    router.route().handler(this::prepare);
    router.route().handler(this::onlyKnownMethods);
    open().forEach(call -> call.mount(router));
    router.route().handler(access);
    router.route().handler(BodyHandler.create(false).setBodyLimit(MOST_BODY));
    guarded().forEach(call -> call.mount(router));
    for (int status : new int[] {400, 404, 405, 406, 413, 414, 415, 431, 500}) {
      router.errorHandler(status, Responses::failure);
    }
  }

  /** All that is answered. */
  List<Call> calls() {
    return calls;
  }

  /** For everybody. */
  private List<Call> open() {
    return List.of(
        Call.get("/health/live", pages::live),
        Call.get("/health/ready", pages::ready),
        Call.get("/", pages::console));
  }

  /** For those whom {@link Access} lets in. */
  private List<Call> guarded() {
    List<Call> guarded =
        new ArrayList<>(
            List.of(
                Call.get("/metrics", pages::metrics),
                Call.get(ROOT, pages::index),
                Call.get(ROOT + "roles", roles::list),
                Call.of("POST", ROOT + "roles/:role", roles::scale),
                Call.get(ROOT + "announcements", announcements::list),
                Call.of("POST", ROOT + "announcements", announcements::announce),
                Call.of("DELETE", ROOT + "announcements/:id", announcements::end)));
    guarded.addAll(rules.calls());
    guarded.addAll(views.calls());
    return guarded;
  }

  /** First in line: gives the request its id and the headers that every answer has. */
  private void prepare(RoutingContext request) {
    request
        .response()
        .putHeader(RequestIds.HEADER, ids.of(request.request().getHeader(RequestIds.HEADER)))
        .putHeader("Cache-Control", "no-store")
        .putHeader("X-Content-Type-Options", "nosniff");
    if (Escapes.sound(request.request().uri())) {
      request.next();
    } else {
      Responses.problem(request, Problem.BAD_REQUEST, Escapes.MALFORMED);
    }
  }

  /** Second in line: everything is read, little is changed. */
  private void onlyKnownMethods(RoutingContext request) {
    String path = request.normalizedPath();
    List<String> allowed =
        calls.stream().filter(call -> call.at(path)).flatMap(Call::methods).distinct().toList();
    if (allowed.isEmpty() || allowed.contains(request.request().method().name())) {
      request.next();
    } else {
      String these = String.join(", ", allowed);
      request.response().putHeader(HttpHeaders.ALLOW, these);
      Responses.problem(request, Problem.METHOD_NOT_ALLOWED, "this path takes " + these);
    }
  }
}
