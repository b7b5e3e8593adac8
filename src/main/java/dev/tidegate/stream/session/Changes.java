package dev.tidegate.stream.session;

import dev.tidegate.stream.fanout.Lane;
import dev.tidegate.stream.topic.Topic;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The lanes of one session that a request changes. Placing a lane takes a look at each of its
 * topics, so it is done once, however many of them come or go.
 */
public final class Changes {
  /** With the topics that each loses. */
  private final Map<Lane, Set<Topic>> lanes = new LinkedHashMap<>(2);

  void gained(Lane lane) {
    lanes.putIfAbsent(lane, Set.of());
  }

  /** The topic goes when the lanes are placed. */
  void loses(Lane lane, Topic topic) {
    Set<Topic> gone = lanes.get(lane);
    if (gone == null || gone.isEmpty()) {
      gone = new HashSet<>(4);
      lanes.put(lane, gone);
    }
    gone.add(topic);
  }

  void place(Session session) {
    if (lanes.isEmpty()) {
      return;
    }
    lanes.forEach(Lane::remove);
    lanes.keySet().forEach(session::place);
    session.again();
  }
}
