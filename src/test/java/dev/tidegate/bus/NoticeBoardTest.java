package dev.tidegate.bus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.bus.Announcements.Announcement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class NoticeBoardTest {
  private static Announcement one(String id, long from, long until, long changed, boolean ended) {
    return new Announcement(id, "*", "maintenance", "", from, until, changed, ended);
  }

  @Property(tries = 200)
  void boardsThatHeardTheSameAreEqualInWhateverOrder(@ForAll long seed) {
    Random random = new Random(seed);
    List<Announcement> said = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      long changed = random.nextInt(20);
      String id = "a" + random.nextInt(5);
      boolean ended = random.nextInt(4) == 0;
      said.add(one(id, changed, 100 + changed, changed, ended));
    }
    NoticeBoard first = new NoticeBoard();
    said.forEach(a -> first.merge(List.of(a), 50));
    Collections.shuffle(said, random);
    NoticeBoard second = new NoticeBoard();
    second.merge(said, 50);
    second.merge(first.known(50), 50);
    assertThat(second.known(50)).containsExactlyInAnyOrderElementsOf(first.known(50));
  }

  @Test
  void whatWasTakenBackDoesNotReturnAndWhatIsOverGoes() {
    NoticeBoard board = new NoticeBoard();
    assertThat(board.merge(List.of(one("a", 10, 100, 1, false)), 5)).isTrue();
    assertThat(board.merge(List.of(one("a", 10, 100, 2, true)), 6)).isTrue();
    assertThat(board.merge(List.of(one("a", 10, 100, 1, false)), 7)).isFalse();
    assertThat(board.standing(7)).isEmpty();
    assertThat(board.known(7)).hasSize(1);
    assertThat(board.known(100)).isEmpty();
    assertThat(board.merge(List.of(one("a", 10, 100, 1, false)), 100)).isFalse();
  }

  @Test
  void aFullBoardForgetsWhatWasTakenBackTheLongestAgo() {
    NoticeBoard board = new NoticeBoard();
    for (int i = 0; i < 1_000; i++) {
      board.merge(List.of(one("a" + i, 1, 100, 1_000 - i, true)), 5);
    }
    assertThat(board.merge(List.of(one("old", 1, 100, 0, true)), 5)).isFalse();
    assertThat(board.merge(List.of(one("new", 1, 100, 1_001, false)), 5)).isTrue();
    assertThat(board.standing(5)).extracting(Announcement::id).containsExactly("new");
    assertThat(board.known(5))
        .hasSize(1_000)
        .extracting(Announcement::id)
        .contains("a998")
        .doesNotContain("a999", "old");
  }

  @Test
  void aFullBoardMakesRoomByWhatIsOver() {
    NoticeBoard board = new NoticeBoard();
    for (int i = 0; i < 1_000; i++) {
      board.merge(List.of(one("a" + i, 1, 100 + i, 1, false)), 5);
    }
    assertThat(board.merge(List.of(one("b", 1, 2_000, 2, false)), 50)).as("all stand").isFalse();
    assertThat(board.standing(50)).hasSize(1_000);
    assertThat(board.merge(List.of(one("b", 1, 2_000, 2, false)), 100)).isTrue();
    assertThat(board.standing(100)).hasSize(1_000);
  }

  @Test
  void isBounded() {
    NoticeBoard board = new NoticeBoard();
    for (int i = 0; i < 5_000; i++) {
      board.merge(List.of(one("a" + i, 1, 100, 1, false)), 5);
    }
    assertThat(board.known(5)).hasSize(10 * NoticeBoard.MOST);
  }
}
