package dev.tidegate.command.log;

import dev.tidegate.loop.Loop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The log in memory, for development: ordered and shared by every verticle of the process, gone
 * with it. Safe for use from any thread.
 */
public final class EmbeddedCommandLog implements CommandLog {
  private static final String FOLLOWER = "follower:";
  private static final int PARTITIONS = 4;
  private static final int MAX_BATCH = 500;
  private static final int KEPT = 10_000;
  private static final int MAX_BACKLOG = 200_000;
  private static final Duration RETRY = Duration.ofMillis(100);

  private final Map<String, Topic> topics = new HashMap<>();

  @Override
  public Future<Position> append(String topic, String key, byte[] value) {
    List<Runnable> due = new ArrayList<>();
    Position at;
    synchronized (this) {
      Topic to = topics.computeIfAbsent(topic, Topic::new);
      Partition partition = to.partitions.get(Math.floorMod(key.hashCode(), PARTITIONS));
      partition.trim(to);
      if (partition.entries.size() >= MAX_BACKLOG) {
        return Future.failedFuture(new LogUnavailable("the embedded log is full", true));
      }
      at = new Position(topic, partition.number, partition.end());
      partition.entries.add(new LogRecord(at, key, value));
      to.groups.values().forEach(group -> collect(group, partition, due));
    }
    due.forEach(Runnable::run);
    return Future.succeededFuture(at);
  }

  @Override
  public Subscription consume(
      String group, String topic, Loop loop, Function<List<LogRecord>, Future<Void>> handler) {
    List<Runnable> due = new ArrayList<>();
    Member member = new Member(loop, handler);
    Group joined;
    synchronized (this) {
      Topic to = topics.computeIfAbsent(topic, Topic::new);
      joined = to.groups.computeIfAbsent(group, name -> new Group());
      joined.members.add(member);
      for (Partition partition : to.partitions) {
        collect(joined, partition, due);
      }
    }
    due.forEach(Runnable::run);
    return () -> {
      leave(group, topic, joined, member);
      return Future.succeededFuture();
    };
  }

  @Override
  public Future<Subscription> follow(String topic, Loop loop, Consumer<LogRecord> handler) {
    String group = FOLLOWER + UUID.randomUUID();
    Promise<Subscription> shown = Promise.promise();
    long[] missing = new long[1];
    synchronized (this) {
      for (Partition partition : topics.computeIfAbsent(topic, Topic::new).partitions) {
        missing[0] += partition.entries.size();
      }
    }
    Subscription[] made = new Subscription[1];
    made[0] =
        consume(
            group,
            topic,
            loop,
            batch -> {
              batch.forEach(handler);
              missing[0] -= batch.size();
              if (missing[0] <= 0) {
                shown.tryComplete(made[0]);
              }
              return Future.succeededFuture();
            });
    if (missing[0] == 0) {
      shown.tryComplete(made[0]);
    }
    return shown.future();
  }

  @Override
  public synchronized Future<Map<Integer, Long>> ends(String topic) {
    Map<Integer, Long> ends = new HashMap<>();
    for (Partition partition : topics.computeIfAbsent(topic, Topic::new).partitions) {
      if (partition.end() > 0) {
        ends.put(partition.number, partition.end());
      }
    }
    return Future.succeededFuture(ends);
  }

  @Override
  public synchronized Future<Map<Integer, Long>> finished(String name, String topic) {
    Map<Integer, Long> finished = new HashMap<>();
    Group group = topics.computeIfAbsent(topic, Topic::new).groups.get(name);
    for (int i = 0; group != null && i < PARTITIONS; i++) {
      finished.put(i, group.next[i]);
    }
    return Future.succeededFuture(finished);
  }

  @Override
  public boolean available() {
    return true;
  }

  @Override
  public String condition() {
    return "embedded";
  }

  @Override
  public Future<Void> close() {
    return Future.succeededFuture();
  }

  private void leave(String name, String topic, Group group, Member member) {
    List<Runnable> due = new ArrayList<>();
    synchronized (this) {
      member.left = true;
      group.members.remove(member);
      Topic left = topics.computeIfAbsent(topic, Topic::new);
      if (name.startsWith(FOLLOWER)) {
        left.groups.remove(name);
      }
      for (Partition partition : left.partitions) {
        collect(group, partition, due);
      }
    }
    due.forEach(Runnable::run);
  }

  /** Under the lock: adds the next delivery of the partition to the group, if one is due. */
  private void collect(Group group, Partition partition, List<Runnable> due) {
    int number = partition.number;
    if (group.busy[number] || group.members.isEmpty() || group.next[number] >= partition.end()) {
      return;
    }
    Member member = group.members.get(number % group.members.size());
    List<LogRecord> batch = partition.from(group.next[number]);
    group.busy[number] = true;
    due.add(() -> member.loop.execute(() -> deliver(group, partition, member, batch)));
  }

  private void deliver(Group group, Partition partition, Member member, List<LogRecord> batch) {
    if (member.left) {
      finish(group, partition, -1);
      return;
    }
    Future.succeededFuture(batch)
        .compose(member.handler)
        .onComplete(
            done -> finish(group, partition, batch.getLast().at().offset() + 1),
            failure -> member.loop.after(RETRY, () -> finish(group, partition, -1)));
  }

  private void finish(Group group, Partition partition, long next) {
    List<Runnable> due = new ArrayList<>();
    synchronized (this) {
      group.busy[partition.number] = false;
      if (next >= 0) {
        group.next[partition.number] = next;
      }
      collect(group, partition, due);
    }
    due.forEach(Runnable::run);
  }

  private static final class Topic {
    final List<Partition> partitions = new ArrayList<>();
    final Map<String, Group> groups = new HashMap<>();

    Topic(String name) {
      for (int i = 0; i < PARTITIONS; i++) {
        partitions.add(new Partition(i));
      }
    }
  }

  private static final class Partition {
    final int number;
    List<LogRecord> entries = new ArrayList<>();
    long first;

    Partition(int number) {
      this.number = number;
    }

    long end() {
      return first + entries.size();
    }

    List<LogRecord> from(long offset) {
      int start = (int) (Math.max(offset, first) - first);
      return List.copyOf(entries.subList(start, Math.min(entries.size(), start + MAX_BATCH)));
    }

    /** Forgets what every group has finished, now and then, except the latest. */
    void trim(Topic topic) {
      if (entries.size() < 2 * KEPT) {
        return;
      }
      long finished = end() - KEPT;
      for (Group group : topic.groups.values()) {
        finished = Math.min(finished, group.next[number]);
      }
      int drop = (int) Math.max(0, finished - first);
      if (drop >= KEPT) {
        entries = new ArrayList<>(entries.subList(drop, entries.size()));
        first += drop;
      }
    }
  }

  private static final class Group {
    final List<Member> members = new ArrayList<>();
    final long[] next = new long[PARTITIONS];
    final boolean[] busy = new boolean[PARTITIONS];
  }

  private static final class Member {
    final Loop loop;
    final Function<List<LogRecord>, Future<Void>> handler;
    volatile boolean left;

    Member(Loop loop, Function<List<LogRecord>, Future<Void>> handler) {
      this.loop = loop;
      this.handler = handler;
    }
  }
}
