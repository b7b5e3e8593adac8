package dev.tidegate.market.owner;

import dev.tidegate.bus.Markets.Batch;
import dev.tidegate.bus.Markets.CatchUp;
import dev.tidegate.bus.Markets.CaughtUp;
import dev.tidegate.bus.Markets.Delays;
import dev.tidegate.bus.Markets.Directory;
import dev.tidegate.bus.Markets.FeedState;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a replica needs of the other nodes. Futures complete on the instance's event loop; a call
 * that hangs is given up by the replica, so an implementation need not.
 */
public interface Peers {
  /** This node. */
  String node();

  /** The nodes that run MARKET and are believed to live, this one among them. */
  Collection<String> members();

  Future<@Nullable Claim> claim(int shard);

  /** Replaces the expected claim, null for none, and says whether it was the one there. */
  Future<Boolean> replace(int shard, @Nullable Claim expected, Claim next);

  void publish(Batch batch);

  void publish(Directory directory);

  void publish(FeedState state);

  void publish(Delays delays);

  /** Asks the owner of the shard. */
  Future<CaughtUp> ask(CatchUp question);

  /** Asks every owner for its directory. */
  void wantDirectories();

  /** Begins or ends answering for a shard: as its owner to all, as a follower on this node. */
  void answering(int shard, Answering how, Function<CatchUp, Future<CaughtUp>> answer);

  /** For whom a replica answers. */
  enum Answering {
    NOBODY,
    NODE,
    CLUSTER
  }
}
