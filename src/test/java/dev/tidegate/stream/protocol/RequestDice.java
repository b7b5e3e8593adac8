package dev.tidegate.stream.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tidegate.testing.ProtoRequest;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Throws requests: right ones, nearly right ones and text that is none. All of it is UTF-8. */
public final class RequestDice {
  private static final String[] VALUES = {
    "null",
    "true",
    "-1",
    "0",
    "7",
    "100",
    "1e999",
    "-0.0",
    "12345678901234567890",
    "\"\"",
    "\"*\"",
    "\"BTC-USD\"",
    "\"ETH-USD\"",
    "\"NO-SUCH\"",
    "\"book\"",
    "\"trades\"",
    "\"ticker\"",
    "\"candles\"",
    "\"status\"",
    "\"requests\"",
    "\"orders\"",
    "\"1m\"",
    "\"e1\"",
    "\"good\"",
    "[]",
    "{}",
    "[[[[]]]]",
    "{\"epoch\":\"e1\",\"seq\":1}",
    "\"\\ud800\"",
    "\"\\u0000\\\"\\\\\"",
    "\"Zürich \uD83D\uDE00\"",
    "[{\"channel\":\"book\",\"symbol\":\"BTC-USD\"}]",
    "nonsense",
    ""
  };
  private static final String[] FIELDS = {
    "op",
    "id",
    "channels",
    "channel",
    "symbol",
    "depth",
    "interval",
    "window",
    "since",
    "meta",
    "checksum",
    "epoch",
    "token",
    "apiKey",
    "grace",
    "key",
    "time",
    "signature",
    "request",
    "enabled",
    "account",
    "",
    "\\u006fp",
    "x"
  };
  private static final String[] RIGHT = {
    "{\"op\":\"ping\",\"id\":%d}",
    "{\"op\":\"login\",\"id\":%d,\"apiKey\":\"good\"}",
    "{\"op\":\"login\",\"id\":\"%d\",\"token\":\"x\"}",
    "{\"op\":\"login\",\"id\":%d,\"key\":\"k-1\",\"time\":1700000000000,\"signature\":\"3q2+7w==\"}",
    "{\"op\":\"request\",\"id\":%d,\"request\":\"0198c0c4-6b7a-7000-8000-000000000000\"}",
    "{\"op\":\"cancelOnDisconnect\",\"id\":%d,\"grace\":600000}",
    "{\"op\":\"cancelOnDisconnect\",\"id\":%d,\"enabled\":false}",
    "{\"op\":\"heartbeat\",\"id\":%d,\"every\":60000}",
    "{\"op\":\"heartbeat\",\"id\":%d,\"every\":0}",
    "{\"op\":\"token\",\"id\":%d}",
    "{\"op\":\"resume\",\"id\":%d,\"token\":\"AgIEazMCAA5CVEMtVVNEZADIAQICgAI\"}",
    "{\"op\":\"subscribe\",\"id\":%d,\"channels\":[{\"channel\":\"book\",\"symbol\":\"BTC-USD\",\"depth\":5,\"window\":10}]}",
    "{\"op\":\"subscribe\",\"id\":%d,\"channels\":[{\"channel\":\"trades\",\"symbol\":\"BTC-USD\",\"since\":{\"epoch\":\"e1\",\"seq\":0}},{\"channel\":\"ticker\",\"symbol\":\"*\"}]}",
    "{\"op\":\"subscribe\",\"id\":%d,\"channels\":[{\"channel\":\"candles\",\"symbol\":\"ETH-USD\",\"interval\":\"1m\",\"meta\":true}]}",
    "{\"op\":\"subscribe\",\"id\":%d,\"channels\":[{\"channel\":\"book\",\"symbol\":\"*\",\"checksum\":true}]}",
    "{\"op\":\"subscribe\",\"id\":%d,\"channels\":[{\"channel\":\"requests\"},{\"channel\":\"orders\"}]}",
    "{\"op\":\"unsubscribe\",\"id\":%d,\"channels\":[{\"channel\":\"book\",\"symbol\":\"*\"}]}",
    "{\"op\":\"unsubscribe\",\"id\":%d,\"channels\":[{\"channel\":\"book\",\"symbol\":\"BTC-USD\",\"depth\":5}]}"
  };
  private static final String ODD = "{}[]\":,\\ \t\n0e-.ö\u0000\u007F\uFEFF";

  public final Random random;

  public RequestDice(long seed) {
    random = new Random(seed);
  }

  /** Right requests of every op, each with this id. */
  public static List<String> right(int id) {
    return Arrays.stream(RIGHT).map(one -> String.format(one, id)).toList();
  }

  public byte[] request() {
    String right = String.format(pick(RIGHT), random.nextInt(100));
    String text =
        switch (random.nextInt(6)) {
          case 0, 1 -> right;
          case 2, 3 -> another(right);
          case 4 -> mangled(right);
          default -> "{\"op\":" + pick(VALUES) + ",\"id\":" + pick(VALUES) + "," + madeUp() + "}";
        };
    return text.getBytes(UTF_8);
  }

  /** A request in Protobuf: right, damaged, or bytes of any kind. */
  public byte[] binaryRequest() {
    byte[] bytes = ProtoRequest.of(String.format(pick(RIGHT), random.nextInt(100)));
    switch (random.nextInt(4)) {
      case 0 -> random.nextBytes(bytes);
      case 1 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
      case 2 -> {
        for (int n = 1 + random.nextInt(3); n > 0; n--) {
          bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
      }
      default -> {}
    }
    return bytes;
  }

  private String pick(String[] from) {
    return from[random.nextInt(from.length)];
  }

  private String madeUp() {
    return "\"" + pick(FIELDS) + "\":" + pick(VALUES);
  }

  /** Another value for one of the fields, or one more field. */
  private String another(String right) {
    String name = "\"" + pick(FIELDS) + "\":";
    int at = right.indexOf(name);
    if (at < 0) {
      int brace = random.nextBoolean() ? right.length() - 1 : Math.max(1, right.lastIndexOf("}]"));
      return right.substring(0, brace) + "," + madeUp() + right.substring(brace);
    }
    int from = at + name.length();
    int to = from;
    for (int deep = 0; to < right.length(); to++) {
      char c = right.charAt(to);
      if (deep == 0 && (c == ',' || c == '}')) {
        break;
      }
      deep += c == '[' || c == '{' ? 1 : c == ']' || c == '}' ? -1 : 0;
    }
    return right.substring(0, from) + pick(VALUES) + right.substring(to);
  }

  private String mangled(String right) {
    StringBuilder text = new StringBuilder(right);
    for (int n = 1 + random.nextInt(3); n > 0 && !text.isEmpty(); n--) {
      int at = random.nextInt(text.length());
      switch (random.nextInt(4)) {
        case 0 -> text.setLength(at);
        case 1 -> text.deleteCharAt(at);
        case 2 -> text.insert(at, ODD.charAt(random.nextInt(ODD.length())));
        default -> text.insert(at, text.substring(0, at).repeat(1 + random.nextInt(3)));
      }
    }
    return text.toString();
  }
}
