package dev.tidegate.stream.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.bus.Numbering;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class TokenTest {
  private static Token.Followed entry(
      String name, Channel market, String symbol, int depth, String interval, Op.Since since) {
    Op.Key key = new Op.Key(name, market, symbol, depth, interval);
    Op.Since own =
        since == null || market == null
            ? since
            : new Op.Since(
                Numbering.of(since.epoch(), market, symbol, depth, interval), since.seq());
    return new Token.Followed(new Op.Wanted(key, 100, true, false, own), Token.Origin.ASKED);
  }

  private static final List<Token.Followed> ENTRIES =
      List.of(
          entry("book", Channel.BOOK, "BTC-USD", 50, "", new Op.Since("k3", 128)),
          entry("book", Channel.BOOK, "ETH-USD", 0, "", null),
          entry("candles", Channel.CANDLES, "ETH-USD", 0, "1m", new Op.Since("k4", 1)),
          entry("trades", Channel.TRADES, "*", 0, "", null),
          new Token.Followed(
              new Op.Wanted(
                  new Op.Key("trades", Channel.TRADES, "Zürich", 0, ""),
                  0,
                  false,
                  true,
                  new Op.Since(
                      Numbering.of("k3", Channel.TRADES, "Zürich", 0, ""), Long.MAX_VALUE)),
              Token.Origin.EXPANDED),
          new Token.Followed(
              new Op.Wanted(
                  new Op.Key("trades", Channel.TRADES, "Roma", 0, ""), 0, false, false, null),
              Token.Origin.EXCEPTED),
          entry("orders", null, "", 0, "", new Op.Since("p1", 7)));

  private static Op.Subscribe read(String token) throws Refusal {
    return Token.read(new Op.Resume(null, token));
  }

  @Test
  void saysTheSameWhenItIsReadAgain() throws Refusal {
    Op.Subscribe read = read(Token.write(ENTRIES));
    assertThat(read.channels())
        .isEqualTo(
            ENTRIES.stream()
                .filter(e -> e.origin() != Token.Origin.EXCEPTED)
                .map(Token.Followed::wanted)
                .toList());
    assertThat(read.excepted()).extracting(Op.Key::symbol).containsExactly("Roma");
    assertThat(read.expanded()).extracting(Op.Key::symbol).containsExactly("Zürich");
  }

  /** Tokens are handed from node to node, so nodes of two releases have to agree on them. */
  @Test
  void looksTheSameInEveryRelease() throws Refusal {
    String golden = "AgIEazMCAA5CVEMtVVNEZADIAQICgAI";
    assertThat(Token.write(ENTRIES.subList(0, 1))).isEqualTo(golden);
    assertThat(read(golden).channels().getFirst()).isEqualTo(ENTRIES.getFirst().wanted());
  }

  @Test
  void isSmallForAThousandChannelsAndSaysWhenItIsNot() {
    List<Token.Followed> many = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      many.add(
          entry("book", Channel.BOOK, "SYM" + i + "-USD", 0, "", new Op.Since("k3", 1L << 30)));
    }
    assertThat(Token.write(many)).isNotNull().hasSizeLessThan(32 * 1024);
    many.addAll(List.copyOf(many));
    assertThat(Token.write(many)).isNull();
  }

  @Test
  void anotherVersionIsRefusedByName() {
    String later = Base64.getUrlEncoder().withoutPadding().encodeToString(new byte[] {4, 0, 0});
    Refusal refusal = catchThrowableOfType(Refusal.class, () -> read(later));
    assertThat(refusal.detail()).isEqualTo("token: version 2 (expected 1)");
  }

  /** Whatever is done to it, it is read or refused, and what is read is a sane request. */
  @Property(tries = 2_000)
  void whatSomebodyMadeUpIsRefusedOrSane(@ForAll long seed) {
    Random random = new Random(seed);
    byte[] bytes = Base64.getUrlDecoder().decode(Token.write(ENTRIES));
    for (int n = 1 + random.nextInt(4); n > 0; n--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    bytes = java.util.Arrays.copyOf(bytes, bytes.length - random.nextInt(3));
    try {
      for (Op.Wanted wanted : read(Base64.getUrlEncoder().encodeToString(bytes)).channels()) {
        assertThat(OpReader.WINDOWS).contains(wanted.window());
        assertThat(OpReader.DEPTHS).contains(wanted.key().depth());
        assertThat(wanted.key().symbol()).hasSizeLessThanOrEqualTo(OpReader.MAX_SYMBOL);
      }
    } catch (Refusal refusal) {
      assertThat(refusal.code).isEqualTo(Refusal.BAD_REQUEST);
    }
  }

  @Property(tries = 500)
  void neitherDoesAnyTextHarm(@ForAll String text) {
    try {
      assertThat(read(text).channels()).allSatisfy(w -> assertThat(w.key()).isNotNull());
    } catch (Refusal refusal) {
      assertThat(refusal.code).isEqualTo(Refusal.BAD_REQUEST);
    }
  }
}
