package dev.tidegate.stream.door;

import dev.tidegate.stream.socket.Retry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/**
 * Recognises those who connect and disconnect in a loop: whose sessions, in a short time, end soon
 * after they began more often than all the clients that they had at once can explain by losing
 * their connection once. Many who come at the same time are no loop. Safe for all threads.
 *
 * <p>An address may stand for many clients, each of which learns of a wait only by trying. So the
 * wait stays as it is for as many attempts as there may be clients; more than that is hammering.
 */
public final class ReconnectStorms {
  /** In so many waits it is said on the socket, where browsers can read it; then in HTTP. */
  static final int TOLD = 8;

  private static final long FIRST_WAIT = 1_000;
  private static final long LONGEST_WAIT = 60_000;
  private static final long FORGIVEN = 60_000;
  private static final long LOGGED = 60_000;
  private static final int MOST = 200_000;

  private final ConcurrentHashMap<String, Track> tracks = new ConcurrentHashMap<>();
  private final RandomGenerator chance;

  /**
   * @param chance safe for all threads too
   */
  public ReconnectStorms(RandomGenerator chance) {
    this.chance = chance;
  }

  /** What is to be done with somebody who arrives. */
  enum Answer {
    WELCOME,
    /** Let in, told why not, and closed. */
    CLOSE,
    /** Refused before it costs anything. */
    REFUSE
  }

  /**
   * @param retryAfter milliseconds to stay away
   * @param ended how many short sessions it has had lately
   * @param log whether it is time to log it again
   */
  record Verdict(Answer answer, long retryAfter, int ended, boolean log) {
    private static final Verdict WELCOME = new Verdict(Answer.WELCOME, 0, 0, false);
  }

  /** Somebody who is kept away at present. */
  public record Offender(String who, int strikes, long millisLeft) {}

  /** One user or address; only touched while the map holds its place. */
  private static final class Track {
    long since;
    int ended;
    int present;
    int peak;
    int strikes;
    long until;

    /** How long the wait is that ends at {@code until}. */
    long wait;

    /** Attempts since the wait began, and how many of them it bears. */
    int tries;

    int fair;
    long logged = Long.MIN_VALUE / 2;
  }

  /** Somebody arrives; each who is welcome has to be taken back with {@link #left}. */
  Verdict arrive(String who, Storm storm, long millis) {
    boolean full = tracks.mappingCount() >= MOST && !tracks.containsKey(who);
    if (storm.connections() == 0 || full) {
      return Verdict.WELCOME;
    }
    Verdict[] verdict = {Verdict.WELCOME};
    tracks.compute(
        who,
        (k, old) -> {
          Track track = old == null ? new Track() : old;
          verdict[0] = arrive(track, storm, millis);
          return track;
        });
    return verdict[0];
  }

  private Verdict arrive(Track track, Storm storm, long millis) {
    roll(track, storm, millis);
    int most = storm.connections() + track.peak;
    if (track.until > millis) {
      if (++track.tries > track.fair) {
        // Each time it bears twice as many: the largest crowd that waits as told comes in at last.
        strike(track, track.fair * 2, millis);
      }
    } else if (track.ended > most) {
      strike(track, most, millis);
    } else {
      track.present++;
      track.peak = Math.max(track.peak, track.present);
      return Verdict.WELCOME;
    }
    int ended = track.ended;
    // Who stays away as told is let in again; one more short session and it begins anew.
    track.ended = Math.min(track.ended, most);
    boolean log = millis - track.logged >= LOGGED;
    track.logged = log ? millis : track.logged;
    boolean told = track.strikes <= TOLD && track.tries <= most;
    long left = track.until - millis;
    // No more than a thousand a second come back.
    long spread = Math.max(track.wait / 2, track.tries);
    return new Verdict(
        told ? Answer.CLOSE : Answer.REFUSE,
        Retry.between(left, left + spread, chance),
        ended,
        log);
  }

  /** A wait begins, longer than the one before. */
  private static void strike(Track track, int fair, long millis) {
    track.strikes++;
    track.wait = Math.min(LONGEST_WAIT, FIRST_WAIT << Math.min(track.strikes - 1, 6));
    track.until = millis + track.wait;
    track.tries = 0;
    track.fair = fair;
  }

  private static void roll(Track track, Storm storm, long millis) {
    if (track.until > millis) {
      return; // what led to the wait stands until it is over
    }
    if (millis - track.since > storm.within().toMillis()) {
      track.since = millis;
      track.ended = 0;
      track.peak = Math.max(track.present, track.peak / 2);
    }
    if (track.strikes > 0 && millis - track.until > FORGIVEN) {
      track.strikes = 0;
    }
  }

  /** Who was welcome is gone; {@code brief} when its session ended soon, and not by our wish. */
  public void left(String who, boolean brief, Storm storm, long millis) {
    tracks.computeIfPresent(
        who,
        (k, track) -> {
          roll(track, storm, millis);
          track.present = Math.max(0, track.present - 1);
          // What ends during a wait began before it, and is answered by it.
          track.ended += brief && track.until <= millis ? 1 : 0;
          return track;
        });
  }

  /** Forgets what no longer counts; called now and then. */
  public void sweep(Storm storm, long millis) {
    long within = storm.within().toMillis();
    tracks
        .values()
        .removeIf(
            track ->
                track.present == 0
                    && millis - track.since > within
                    && millis - track.until > (track.strikes > 0 ? FORGIVEN : 0));
  }

  /** For operators: at most so many of those who are kept away. */
  public List<Offender> offenders(int most, long millis) {
    List<Offender> found = new ArrayList<>();
    tracks.forEach(
        (who, track) -> {
          if (track.until > millis && found.size() < most) {
            found.add(new Offender(who, track.strikes, track.until - millis));
          }
        });
    return found;
  }

  int size() {
    return tracks.size();
  }
}
