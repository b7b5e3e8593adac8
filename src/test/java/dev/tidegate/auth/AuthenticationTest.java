package dev.tidegate.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.policy.AuthDemand;
import dev.tidegate.policy.Authenticator;
import dev.tidegate.policy.Identity;
import dev.tidegate.policy.PerRoute;
import dev.tidegate.policy.StandInExchange;
import dev.tidegate.problem.Problem;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuthenticationTest {
  /** A credential names its consumer; {@code wrong} is nobody's. */
  private static final Authenticator NAMED =
      new Authenticator() {
        @Override
        public Verdict apiKey(String key) {
          return verdict(key);
        }

        @Override
        public Verdict bearer(String token) {
          return verdict(token);
        }

        private static Verdict verdict(String name) {
          return name.equals("wrong")
              ? new Verdict(null, "unknown")
              : new Verdict(new Identity(name, name, "t", Set.of(), 0, name), null);
        }
      };

  /** One route for each. */
  private static final List<AuthDemand> DEMANDS = List.of(AuthDemand.values());

  private final Authentication authentication =
      new Authentication(NAMED, PerRoute.of(AuthDemand.NONE, DEMANDS));

  @ParameterizedTest
  @CsvSource({
    "NONE,    ,      ,      ",
    "NONE,    alice, ,      alice",
    "NONE,    wrong, ,      ",
    "NONE,    ,      wrong, ",
    "NONE,    wrong, alice, alice",
    "API_KEY, alice, ,      alice",
    "JWT,     ,      alice, alice",
    "EITHER,  ,      alice, alice",
    "BOTH,    alice, alice, alice",
    "JWT,     wrong, alice, alice",
    "API_KEY, alice, wrong, alice",
  })
  void letsPassWhomTheRouteTakes(AuthDemand demand, String key, String token, String consumer) {
    StandInExchange exchange = exchange(demand, key, token);
    assertThat(exchange.passed()).isTrue();
    assertThat(exchange.identity() == null ? null : exchange.identity().consumer())
        .isEqualTo(consumer);
  }

  @ParameterizedTest
  @CsvSource({
    "API_KEY, wrong, ,      unknown",
    "JWT,     ,      wrong, unknown",
    "EITHER,  wrong, alice, unknown",
    "API_KEY, ,      alice, an API key is required",
    "JWT,     alice, ,      a bearer token is required",
    "EITHER,  ,      ,      an API key or a bearer token is required",
    "BOTH,    alice, ,      an API key and a bearer token are required",
    "BOTH,    alice, bob,   the API key and the token belong to different consumers",
  })
  void saysWhatIsMissing(AuthDemand demand, String key, String token, String why) {
    StandInExchange exchange = exchange(demand, key, token);
    assertThat(exchange.passed()).isFalse();
    assertThat(exchange.refusal().problem()).isEqualTo(Problem.UNAUTHENTICATED);
    assertThat(exchange.refusal().detail()).isEqualTo(why);
    assertThat(exchange.responseHeaders().get("www-authenticate")).isEqualTo("Bearer");
  }

  private StandInExchange exchange(AuthDemand demand, String key, String token) {
    StandInExchange exchange = StandInExchange.get("/").on(DEMANDS.indexOf(demand));
    if (key != null) {
      exchange.with("X-API-Key", key);
    }
    if (token != null) {
      exchange.with("Authorization", "Bearer " + token);
    }
    return exchange.through(authentication);
  }
}
