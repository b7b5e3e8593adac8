package dev.tidegate.market.owner;

import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Markets;
import dev.tidegate.bus.Markets.Batch;
import dev.tidegate.bus.Markets.CatchUp;
import dev.tidegate.bus.Markets.CaughtUp;
import dev.tidegate.bus.Markets.Delays;
import dev.tidegate.bus.Markets.Directory;
import dev.tidegate.bus.Markets.DirectoryWanted;
import dev.tidegate.bus.Markets.Fed;
import dev.tidegate.bus.Markets.FedTaken;
import dev.tidegate.bus.Markets.FeedState;
import dev.tidegate.bus.Markets.Present;
import io.vertx.core.Future;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.shareddata.AsyncMap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The other nodes, over the event bus and the cluster's map of claims. */
public final class BusPeers implements Peers, AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final Bus bus;
  private final Membership membership;
  private final Members members;
  private final Future<AsyncMap<String, String>> claims;
  private final Predicate<Fed> fed;
  private final ShardMeters meters;
  private final MessageConsumer<Present> present;
  private final Map<Integer, List<MessageConsumer<?>>> answering = new HashMap<>();

  /**
   * @param members the nodes that run MARKET
   * @param claims who owns which shard, shared by the cluster
   * @param fed takes what another node's feed was given for a shard that is owned here
   */
  public BusPeers(
      Bus bus,
      Membership membership,
      Members members,
      Future<AsyncMap<String, String>> claims,
      Predicate<Fed> fed,
      ShardMeters meters) {
    this.bus = bus;
    this.membership = membership;
    this.members = members;
    this.claims = claims;
    this.fed = fed;
    this.meters = meters;
    present = bus.hear(Markets.PRESENT, members::hear);
  }

  /** Says that this node is there; the others count on it until it has been silent for a while. */
  public void sayPresent() {
    bus.publish(Markets.PRESENT, new Present(membership.node(), membership.self(), false));
  }

  /** Says that this node gives its shards up now. */
  public void sayLeaving() {
    bus.publish(Markets.PRESENT, new Present(membership.node(), membership.self(), true));
  }

  /** Hears of the others no more. */
  @Override
  public void close() {
    present.unregister();
  }

  @Override
  public String node() {
    return membership.node();
  }

  @Override
  public Collection<String> members() {
    return members.alive();
  }

  @Override
  public Future<@Nullable Claim> claim(int shard) {
    return claims.compose(map -> map.get(key(shard))).map(Claim::of);
  }

  @Override
  public Future<Boolean> replace(int shard, @Nullable Claim expected, Claim next) {
    return claims.compose(
        map ->
            expected == null
                ? map.putIfAbsent(key(shard), next.text()).map(before -> before == null)
                : map.replaceIfPresent(key(shard), expected.text(), next.text()));
  }

  private static String key(int shard) {
    return "shard-" + shard;
  }

  @Override
  public void publish(Batch batch) {
    meters.published(batch.updates().size());
    bus.publish(Markets.updates(batch.shard()), batch);
  }

  @Override
  public void publish(Directory directory) {
    bus.publish(Markets.DIRECTORY, directory);
  }

  @Override
  public void publish(FeedState state) {
    bus.publish(Markets.FEED_STATE, state);
  }

  @Override
  public void publish(Delays delays) {
    bus.publish(Markets.DELAYS, delays);
  }

  @Override
  public Future<CaughtUp> ask(CatchUp question) {
    return bus.ask(Markets.catchUp(question.shard()), question, CaughtUp.class, PATIENCE);
  }

  @Override
  public void wantDirectories() {
    bus.publish(Markets.DIRECTORY_WANTED, new DirectoryWanted(membership.node()));
  }

  @Override
  public void answering(int shard, Answering how, Function<CatchUp, Future<CaughtUp>> answer) {
    List<MessageConsumer<?>> before = answering.remove(shard);
    if (before != null) {
      before.forEach(MessageConsumer::unregister);
    }
    List<MessageConsumer<?>> now = new ArrayList<>();
    if (how == Answering.NODE) {
      now.add(bus.answerHere(Markets.catchUp(shard), CaughtUp.class, answer));
    } else if (how == Answering.CLUSTER) {
      now.add(bus.answer(Markets.catchUp(shard), CaughtUp.class, answer));
      now.add(bus.answer(Markets.fed(shard), FedTaken.class, this::take));
    }
    answering.put(shard, now);
  }

  private Future<FedTaken> take(Fed records) {
    return fed.test(records)
        ? Future.succeededFuture(new FedTaken(records.shard()))
        : Future.failedFuture("not owned here");
  }
}
