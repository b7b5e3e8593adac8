package dev.tidegate;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.GeneralCodingRules;
import dev.tidegate.policy.Exchange;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import java.util.function.Consumer;

/**
 * Dependencies point one way: from app to the roots of roles, from a root to its rooms, and from
 * everybody to what stands below. Roles meet on the bus.
 */
@AnalyzeClasses(packages = "dev.tidegate", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String ROOT = "dev.tidegate.";

  /**
   * Of each package below the roles, what it may use in turn. The rest of the house may use all.
   */
  private static final Map<String, Set<String>> BELOW =
      Map.of(
          "loop", Set.of(),
          "json", Set.of(),
          "net", Set.of(),
          "config", Set.of(),
          "telemetry", Set.of(),
          "redis", Set.of("loop", "net"),
          "problem", Set.of("json"),
          "bus", Set.of("problem", "json", "config"),
          "policy", Set.of("problem", "bus"),
          "rules", Set.of("policy", "problem", "bus", "json", "net", "config", "loop"));

  /** Roles and capabilities that another is built from. */
  private static final Map<String, Set<String>> BUILT_FROM =
      Map.of("ingress", Set.of("route", "rest", "auth", "ratelimit", "overload", "compress"));

  /** More classes that all need each other cannot be read one by one. */
  private static final int LARGEST_CYCLE = 5;

  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices().matching("dev.tidegate.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule rolesMeetOnlyOnTheBus =
      everyDependency(
          "stay within its package and what stands below it",
          (origin, target) ->
              origin.room().equals(target.room())
                  || origin.role().equals("app")
                  || origin.role().equals(target.role())
                  || below(origin.role(), target.role())
                  || BUILT_FROM.getOrDefault(origin.role(), Set.of()).contains(target.role()));

  @ArchTest
  static final ArchRule roomsAreUsedByTheirOwnRole =
      everyDependency(
          "know the rooms of no other role",
          (origin, target) -> target.isRoot() || origin.role().equals(target.role()));

  @ArchTest
  static final ArchRule thereIsOneLevelOfRooms =
      classes()
          .should(
              condition(
                  "live in a role or in a room of it",
                  (type, complain) -> {
                    if (type.getPackageName().substring(ROOT.length()).split("\\.").length > 2) {
                      complain.accept(type.getName() + " lives too deep");
                    }
                  }));

  @ArchTest
  static void noMoreThanAFewClassesNeedEachOther(JavaClasses all) {
    List<Set<String>> cycles =
        ClassCycles.in(all).stream().filter(c -> c.size() > LARGEST_CYCLE).toList();
    assertThat(cycles).as("classes that all need each other").isEmpty();
  }

  /** A name means one thing in the whole house. */
  @ArchTest
  static void namesAreGivenOnce(JavaClasses all) {
    Map<String, Set<String>> homes = new TreeMap<>();
    for (JavaClass type : all) {
      if (type.isTopLevelClass() && !type.getSimpleName().equals("package-info")) {
        homes
            .computeIfAbsent(type.getSimpleName(), name -> new TreeSet<>())
            .add(type.getPackageName());
      }
    }
    homes.values().removeIf(packages -> packages.size() == 1);
    assertThat(homes).as("names that stand for several things").isEmpty();
  }

  @ArchTest
  static final ArchRule onlyVerticlesAndAppTouchVertx =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.tidegate.app..")
          .and(not(nameMatching(".*(Verticle(\\$.*)?|VertxInternals)")))
          .should()
          .dependOnClassesThat()
          .areAssignableTo(Vertx.class);

  @ArchTest
  static final ArchRule routesAndLimitsKnowNoVertx =
      noClasses()
          .that()
          .resideInAnyPackage(
              "dev.tidegate.route..", "dev.tidegate.ratelimit..", "dev.tidegate.overload..")
          .and()
          .doNotImplement("dev.tidegate.policy.Policy") // a step sees headers; its logic does not
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.vertx..")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule onlyCommandsPrint =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.tidegate.app..")
          // An access log may be asked to go to standard output.
          .and(not(nameMatching(".*\\.AccessLog")))
          .should(GeneralCodingRules.ACCESS_STANDARD_STREAMS);

  /** Each has a test of its own that fails when an upgrade breaks what it assumes. */
  @ArchTest
  static final ArchRule innerClassesOfThePlatformAreKnownToFew =
      noClasses()
          .that(
              not(
                  nameMatching(
                      ".*\\.(HttpInternals|ClientInternals|Platform|VertxInternals|SharedRegistrations|BusCodec|RedisLink)")))
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                  "io.vertx..impl..", "io.vertx..internal..", "io.netty..internal.."));

  /** Whoever reads a name there declares it, so that tests can spell it in every way. */
  @ArchTest
  static final ArchRule namesInTargetsAreReadInFewPlaces =
      noClasses()
          .that(
              not(
                  nameMatching(
                      ".*\\.(rest\\.Asked|admin\\.Call|door\\.Parameter|Incoming|HttpExchange)")))
          .should()
          .callMethodWhere(
              target(
                      nameMatching(
                          "getParam|params|query|queryParams?|pathParams?|getFormAttribute"))
                  .and(
                      target(
                          owner(
                              assignableTo(HttpServerRequest.class)
                                  .or(assignableTo(RoutingContext.class))
                                  .or(assignableTo(Exchange.class))))));

  @ArchTest
  static final ArchRule everybodyLogsThroughSlf4j =
      noClasses()
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                  "java.util.logging..",
                  "ch.qos.logback..",
                  "org.apache.logging..",
                  "io.vertx.core.internal.logging..",
                  "io.netty.util.internal.logging.."));

  private static boolean below(String origin, String target) {
    Set<String> allowed = BELOW.get(origin);
    return allowed == null ? BELOW.containsKey(target) : allowed.contains(target);
  }

  /** Where a class lives: {@code stream.topic.Ring} in the room {@code topic} of {@code stream}. */
  private record Home(String role, String room) {
    static Home of(JavaClass type) {
      String home = type.getPackageName().substring(ROOT.length());
      int dot = home.indexOf('.');
      return new Home(dot < 0 ? home : home.substring(0, dot), home);
    }

    boolean isRoot() {
      return role.equals(room);
    }
  }

  private static ArchRule everyDependency(String should, BiPredicate<Home, Home> allowed) {
    return classes()
        .should(
            condition(
                should,
                (origin, complain) -> {
                  Set<String> strangers = new TreeSet<>();
                  for (Dependency dependency : origin.getDirectDependenciesFromSelf()) {
                    JavaClass target = dependency.getTargetClass().getBaseComponentType();
                    if (target.getPackageName().startsWith(ROOT)
                        && !allowed.test(Home.of(origin), Home.of(target))) {
                      strangers.add(target.getName());
                    }
                  }
                  strangers.forEach(s -> complain.accept(origin.getName() + " uses " + s));
                }));
  }

  private static ArchCondition<JavaClass> condition(
      String should, BiConsumer<JavaClass, Consumer<String>> check) {
    return new ArchCondition<>(should) {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        check.accept(type, complaint -> events.add(SimpleConditionEvent.violated(type, complaint)));
      }
    };
  }
}
