package dev.tidegate.upstream.balance;

import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The endpoint of a request: by one {@link Balancer}, or where there is a {@link Selection} by the
 * one for the clients of a region. Lives on one event loop.
 */
public final class Chooser {
  private final List<? extends Connector> endpoints;
  private final @Nullable Selection selection;

  /** One for each choice of the selection, or the only one. */
  private final Balancer[] balancers;

  /** {@code balancing} makes a balancer of those that are eligible. */
  public Chooser(
      List<? extends Connector> endpoints,
      @Nullable Selection selection,
      Eligible fitness,
      Function<Eligible, Balancer> balancing) {
    this.endpoints = List.copyOf(endpoints);
    this.selection = selection;
    this.balancers =
        selection == null
            ? new Balancer[] {balancing.apply(fitness)}
            : IntStream.range(0, selection.size())
                .mapToObj(i -> balancing.apply(selection.among(i)))
                .toArray(Balancer[]::new);
  }

  /** The endpoint of the next request, of this client and with a key of this hash. */
  public Connector next(String client, long hash) {
    if (selection == null) {
      return balancers[0].next(hash);
    }
    int choice = selection.of(client);
    selection.count(choice);
    return balancers[choice].next(hash);
  }

  /** Another than the one that has just failed, when there is one. */
  public Connector other(String client, long hash, Connector failed) {
    if (selection == null) {
      return balancers[0].other(failed, hash);
    }
    int choice = selection.of(client);
    int instead = selection.instead(choice, failed.number());
    return instead >= 0 ? endpoints.get(instead) : balancers[choice].other(failed, hash);
  }
}
