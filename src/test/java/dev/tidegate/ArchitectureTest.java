package dev.tidegate;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.GeneralCodingRules;
import io.vertx.core.Vertx;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Dependencies point one way: app, then capabilities, then rules, policy, bus and problem. */
@AnalyzeClasses(packages = "dev.tidegate", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final Set<String> FOUNDATION =
      Set.of("policy", "bus", "problem", "rules", "loop", "json", "net", "redis", "config");

  /**
   * The few that another may use: the listener holds the routes, policies and endpoints of its own.
   */
  private static final Map<String, Set<String>> ALSO =
      Map.of(
          "ingress", Set.of("route", "rest", "auth", "ratelimit", "waf", "cache"),
          "json", Set.of(),
          "net", Set.of(),
          "redis", Set.of("loop", "net"),
          "config", Set.of(),
          "loop", Set.of(),
          "problem", Set.of("json"),
          "bus", Set.of("problem", "json"),
          "policy", Set.of("problem", "bus"),
          "rules", Set.of("policy", "problem", "bus", "json", "net", "config", "loop"));

  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices().matching("dev.tidegate.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule capabilitiesMeetOnlyOnTheBus =
      classes()
          .that()
          .resideOutsideOfPackage("dev.tidegate.app..")
          .should(
              new ArchCondition<>("use no other capability") {
                @Override
                public void check(JavaClass origin, ConditionEvents events) {
                  strangers(origin)
                      .forEach(
                          stranger ->
                              events.add(
                                  SimpleConditionEvent.violated(
                                      origin, origin.getName() + " uses " + stranger)));
                }
              });

  @ArchTest
  static final ArchRule onlyVerticlesAndAppTouchVertx =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.tidegate.app..")
          .and(not(nameMatching(".*Verticle(\\$.*)?")))
          .should()
          .dependOnClassesThat()
          .areAssignableTo(Vertx.class);

  @ArchTest
  static final ArchRule routesAndLimitsKnowNoVertx =
      noClasses()
          .that()
          .resideInAnyPackage("dev.tidegate.route..", "dev.tidegate.ratelimit..")
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

  private static Set<String> strangers(JavaClass origin) {
    String own = capability(origin);
    Set<String> strangers = new TreeSet<>();
    origin
        .getDirectDependenciesFromSelf()
        .forEach(
            dependency -> {
              JavaClass target = dependency.getTargetClass().getBaseComponentType();
              String other = capability(target);
              if (!other.isEmpty() && !other.equals(own) && !mayUse(own, other)) {
                strangers.add(target.getName());
              }
            });
    return strangers;
  }

  private static boolean mayUse(String own, String other) {
    return ALSO.getOrDefault(own, Set.of()).contains(other)
        || (FOUNDATION.contains(other) && !FOUNDATION.contains(own));
  }

  /** The first package below dev.tidegate, or nothing for a class of somebody else. */
  private static String capability(JavaClass type) {
    String name = type.getPackageName();
    String root = "dev.tidegate.";
    if (!name.startsWith(root)) {
      return "";
    }
    int end = name.indexOf('.', root.length());
    return end < 0 ? name.substring(root.length()) : name.substring(root.length(), end);
  }
}
