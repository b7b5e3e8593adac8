package dev.tidegate.stream;

import static dev.tidegate.stream.socket.ClientFrames.close;
import static dev.tidegate.stream.socket.ClientFrames.frame;
import static dev.tidegate.stream.socket.ClientFrames.letters;
import static dev.tidegate.stream.socket.ClientFrames.text;
import static dev.tidegate.stream.socket.ClientFrames.together;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.stream.encode.Deflate;
import dev.tidegate.stream.encode.Frames;
import dev.tidegate.stream.socket.Handshake;
import dev.tidegate.stream.socket.WindowInflater;
import dev.tidegate.testing.GatewayProcess;
import dev.tidegate.testing.RawWebSocket;
import dev.tidegate.testing.RawWebSocket.Frame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * RFC 6455 against the echo of a running gateway: the short selection. The whole Autobahn suite is
 * {@code make conformance}.
 */
class ConformanceIT {
  private static final int FIN = 0x80;
  private static GatewayProcess node;

  @BeforeAll
  static void startGateway(@TempDir Path folder) throws Exception {
    Path config = folder.resolve("tidegate.yaml");
    Files.writeString(
        config, "node: echo\nstream: {host: 127.0.0.1, port: 0, echo: true, drain: 1s}\n");
    Path roles = folder.resolve("verticles.json");
    Files.writeString(roles, "{\"roles\":[{\"role\":\"STREAM\",\"instances\":1}]}");
    node =
        GatewayProcess.start(
                "conformance",
                Map.of(),
                List.of("run", "--config", config.toString(), "--verticles", roles.toString()))
            .awaitReady();
  }

  @AfterAll
  static void stopGateway() {
    node.close();
  }

  private static RawWebSocket open(String... headers) throws IOException {
    return RawWebSocket.open(node.stream().replace("/v1/stream", "/v1/echo"), headers);
  }

  private static void comes(RawWebSocket socket, int opcode, byte[] payload) throws IOException {
    Frame frame = socket.next();
    assertThat(frame.head()).isEqualTo(FIN | opcode);
    assertThat(frame.payload()).isEqualTo(payload);
  }

  /** The only answer is a close with the code, and the end. */
  private static void refuses(RawWebSocket socket, int code) throws IOException {
    Frame frame = socket.next();
    assertThat(frame.head()).isEqualTo(FIN | Frames.CLOSE);
    assertThat(frame.closeCode()).isEqualTo(code);
    assertThat(socket.ended()).isTrue();
  }

  private static void refused(int code, byte[]... frames) throws IOException {
    try (RawWebSocket socket = open()) {
      socket.write(together(frames));
      refuses(socket, code);
    }
  }

  private static void closesWell(RawWebSocket socket) throws IOException {
    socket.write(close(1000, new byte[0]));
    refuses(socket, 1000);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 125, 126, 127, 128, 65_535, 65_536, 300_000})
  void echoesTextAndBinaryOfEverySizeClass(int size) throws Exception {
    byte[] binary = new byte[size];
    new Random(size).nextBytes(binary);
    try (RawWebSocket socket = open()) {
      socket.write(frame(FIN | Frames.TEXT, letters(size)));
      comes(socket, Frames.TEXT, letters(size));
      socket.write(frame(FIN | Frames.BINARY, binary));
      comes(socket, Frames.BINARY, binary);
      closesWell(socket);
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "125, 1", "126, 1", "128, 1", "65535, 997", "65536, 997"})
  void putsTogetherWhatComesInPieces(int size, int piece) throws Exception {
    byte[] bytes = frame(FIN | Frames.TEXT, letters(size));
    try (RawWebSocket socket = open()) {
      for (int i = 0; i < bytes.length; i += piece) {
        socket.write(Arrays.copyOfRange(bytes, i, Math.min(bytes.length, i + piece)));
      }
      comes(socket, Frames.TEXT, letters(size));
      closesWell(socket);
    }
  }

  @Test
  void answersPingsInTheirOrderWithTheirPayload() throws Exception {
    try (RawWebSocket socket = open()) {
      byte[] odd = {0, (byte) 0xFF, (byte) 0xFE, (byte) 0xFD};
      socket.write(
          together(
              frame(FIN | Frames.PING, new byte[0]),
              frame(FIN | Frames.PING, odd),
              frame(FIN | Frames.PONG, text("nobody asked")),
              frame(FIN | Frames.PING, letters(125))));
      comes(socket, Frames.PONG, new byte[0]);
      comes(socket, Frames.PONG, odd);
      comes(socket, Frames.PONG, letters(125));
      closesWell(socket);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {Frames.PING, Frames.PONG, Frames.CLOSE})
  void refusesControlFramesThatAreLongOrInFragments(int opcode) throws Exception {
    refused(1002, frame(FIN | opcode, letters(126)));
    refused(1002, frame(opcode, letters(3)), frame(FIN, letters(3)));
  }

  @ParameterizedTest
  @ValueSource(ints = {0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70})
  void refusesReservedBitsThatNothingGaveAMeaning(int bits) throws Exception {
    for (int opcode : new int[] {Frames.TEXT, Frames.BINARY, Frames.PING, Frames.CLOSE}) {
      refused(1002, frame(FIN | bits | opcode, new byte[0]));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5, 6, 7, 11, 12, 13, 14, 15})
  void refusesReservedOpcodesAfterAnsweringWhatCameBefore(int opcode) throws Exception {
    try (RawWebSocket socket = open()) {
      socket.write(
          together(
              frame(FIN | Frames.TEXT, text("before")),
              frame(FIN | opcode, text("x")),
              frame(FIN | Frames.PING, text("after"))));
      comes(socket, Frames.TEXT, text("before"));
      refuses(socket, 1002);
    }
  }

  @Test
  void joinsFragmentsAndAnswersPingsBetweenThem() throws Exception {
    try (RawWebSocket socket = open()) {
      socket.write(
          together(
              frame(Frames.TEXT, text("one ")),
              frame(FIN | Frames.PING, text("p1")),
              frame(0, new byte[0]),
              frame(0, text("two ")),
              frame(FIN | Frames.PING, text("p2")),
              frame(FIN | Frames.PONG, text("nobody asked")),
              frame(FIN, text("three"))));
      comes(socket, Frames.PONG, text("p1"));
      comes(socket, Frames.PONG, text("p2"));
      comes(socket, Frames.TEXT, text("one two three"));
      socket.write(together(frame(Frames.BINARY, letters(70_000)), frame(FIN, new byte[0])));
      comes(socket, Frames.BINARY, letters(70_000));
      closesWell(socket);
    }
  }

  @Test
  void refusesContinuationsOfNothingAndMessagesInsideMessages() throws Exception {
    refused(1002, frame(FIN, text("x")));
    refused(1002, frame(0, text("x")));
    refused(1002, frame(Frames.TEXT, text("a")), frame(FIN | Frames.TEXT, text("b")));
    refused(1002, frame(Frames.BINARY, text("a")), frame(Frames.BINARY, text("b")));
    try (RawWebSocket socket = open()) {
      socket.write(
          together(frame(Frames.TEXT, text("a")), frame(FIN, text("b")), frame(FIN, text("c"))));
      comes(socket, Frames.TEXT, text("ab"));
      refuses(socket, 1002);
    }
  }

  @Test
  void refusesWhatIsNotMaskedOrNotMeasuredRight() throws Exception {
    refused(1002, new byte[] {(byte) 0x81, 1, 'x'});
    refused(1002, new byte[] {(byte) 0x81, (byte) 0xFE, 0, 5, 0, 0, 0, 0, 1, 2, 3, 4, 5});
    refused(1002, new byte[] {(byte) 0x82, (byte) 0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 9});
    refused(1002, new byte[] {(byte) 0x82, (byte) 0xFF, -1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0});
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00",
        "7f",
        "c280",
        "dfbf",
        "e0a080",
        "ed9fbf",
        "ee8080",
        "efbfbd",
        "efbfbf",
        "f0908080",
        "f48fbfbf",
        "cebae1bdb9cf83cebcceb5"
      })
  void echoesUtf8WholeAndInFragmentsOfOneByte(String hex) throws Exception {
    byte[] bytes = HexFormat.of().parseHex(hex);
    try (RawWebSocket socket = open()) {
      socket.write(frame(FIN | Frames.TEXT, bytes));
      comes(socket, Frames.TEXT, bytes);
      for (int i = 0; i < bytes.length; i++) {
        int head = (i == 0 ? Frames.TEXT : 0) | (i == bytes.length - 1 ? FIN : 0);
        socket.write(frame(head, new byte[] {bytes[i]}));
      }
      comes(socket, Frames.TEXT, bytes);
      closesWell(socket);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "80",
        "bf",
        "c0af",
        "c1bf",
        "c3",
        "e080af",
        "e09fbf",
        "e282",
        "eda080",
        "edbfbf",
        "f08080af",
        "f08fbfbf",
        "f48fbf",
        "f4908080",
        "f888808080",
        "fc8480808080",
        "fe",
        "ff",
        "cebaedbebfcf83"
      })
  void refusesWhatIsNotUtf8(String hex) throws Exception {
    byte[] bytes = HexFormat.of().parseHex(hex);
    refused(1007, frame(FIN | Frames.TEXT, bytes));
    refused(1007, frame(Frames.TEXT, text("Grüße ")), frame(FIN, bytes));
  }

  @Test
  void refusesBrokenUtf8BeforeTheMessageIsWhole() throws Exception {
    refused(1007, frame(Frames.TEXT, new byte[] {'a', (byte) 0xF4}), frame(0, new byte[] {-1}));
  }

  @ParameterizedTest
  @ValueSource(
      ints = {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999})
  void answersACloseWithItsCode(int code) throws Exception {
    try (RawWebSocket socket = open()) {
      socket.write(together(close(code, letters(123)), frame(FIN | Frames.PING, text("late"))));
      refuses(socket, code);
    }
  }

  @Test
  void answersACloseWithoutCodeAndWhatIsSentAfterACloseDoesNotCount() throws Exception {
    refused(1005, frame(FIN | Frames.CLOSE, new byte[0]));
    refused(1000, close(1000, text("bye")), frame(FIN | Frames.TEXT, text("late")));
    refused(
        1000, frame(Frames.TEXT, text("half")), close(1000, text("bye")), frame(FIN, text("x")));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999})
  void refusesCloseCodesThatNobodyMaySend(int code) throws Exception {
    refused(1002, close(code, new byte[0]));
    refused(1002, close(code, text("reason")));
  }

  @Test
  void refusesClosesThatAreCutShortOrWhoseReasonIsTooLongOrNotUtf8() throws Exception {
    refused(1002, frame(FIN | Frames.CLOSE, new byte[] {3}));
    refused(1002, close(1000, letters(124)));
    refused(1007, close(1000, new byte[] {(byte) 0xCE, (byte) 0xBA, (byte) 0xED, (byte) 0xA0}));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "permessage-deflate | ''",
        "permessage-deflate; client_max_window_bits | ''",
        "permessage-deflate; client_no_context_takeover; server_no_context_takeover | ''",
        "permessage-deflate; server_max_window_bits=15 | ; server_max_window_bits=15",
        "permessage-deflate; server_max_window_bits=8, permessage-deflate | ; server_max_window_bits=8",
        "permessage-deflate; server_max_window_bits=\"9\" | ; server_max_window_bits=9",
        "permessage-deflate; server_max_window_bits=7, permessage-deflate; server_max_window_bits=12"
            + " | ; server_max_window_bits=12",
        "x-unknown, permessage-deflate; client_max_window_bits=\"10\" | ''"
      })
  void echoesCompressedMessages(String offer, String more) throws Exception {
    try (RawWebSocket socket = open("Sec-WebSocket-Extensions: " + offer);
        Deflate deflate = new Deflate(6)) {
      assertThat(socket.extensions()).isEqualTo(Handshake.DEFLATE + more);
      int bits = more.isEmpty() ? 15 : Integer.parseInt(more.substring(more.indexOf('=') + 1));
      for (int size : new int[] {0, 1, 125, 126, 65_535, 300_000}) {
        byte[] message = letters(size);
        byte[] packed = Arrays.copyOf(deflate.bytes(), deflate.compress(message, size));
        int half = packed.length / 2;
        socket.write(frame(FIN | 0x40 | Frames.TEXT, packed));
        socket.write(
            together(
                frame(0x40 | Frames.BINARY, Arrays.copyOf(packed, half)),
                frame(FIN | Frames.PING, text("between")),
                frame(FIN, Arrays.copyOfRange(packed, half, packed.length))));
        socket.write(frame(FIN | Frames.TEXT, message));
        unpacks(socket.next(), Frames.TEXT, message, bits);
        comes(socket, Frames.PONG, text("between"));
        unpacks(socket.next(), Frames.BINARY, message, bits);
        unpacks(socket.next(), Frames.TEXT, message, bits);
      }
      closesWell(socket);
    }
  }

  private static void unpacks(Frame frame, int opcode, byte[] message, int bits) {
    assertThat(frame.head()).isEqualTo(FIN | 0x40 | opcode);
    byte[] payload = frame.payload();
    assertThat(WindowInflater.message(payload, payload.length, bits)).isEqualTo(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "permessage-deflate; server_max_window_bits=7",
        "permessage-deflate; server_max_window_bits=09",
        "permessage-deflate; server_max_window_bits",
        "permessage-deflate; server_max_window_bits=9; server_max_window_bits=9",
        "permessage-deflate; unknown",
        "permessage-deflate; client_max_window_bits=16",
        "permessage-deflate; server_no_context_takeover=1",
        "x-webkit-deflate-frame"
      })
  void declinesCompressionThatItCannotDo(String offer) throws Exception {
    try (RawWebSocket socket = open("Sec-WebSocket-Extensions: " + offer)) {
      assertThat(socket.extensions()).isEmpty();
      socket.write(frame(FIN | Frames.TEXT, text("plain")));
      comes(socket, Frames.TEXT, text("plain"));
      closesWell(socket);
    }
  }

  /** Input that nobody reads makes a reset of a close, and a reset destroys what is on its way. */
  @Test
  void saysWhyEvenToAClientThatGoesOnSending() throws Exception {
    for (int i = 0; i < 20; i++) {
      try (RawWebSocket socket = open()) {
        socket.write(together(frame(FIN | 3, text("x")), new byte[3_000_000]));
        assertThat(socket.next().closeCode()).isEqualTo(1002);
        assertThat(socket.ended()).isTrue();
      }
    }
  }

  @Test
  void refusesCompressedNonsense() throws Exception {
    String deflate = "Sec-WebSocket-Extensions: permessage-deflate";
    try (RawWebSocket socket = open(deflate)) {
      byte[] noSuchBlock = {-1, -1, -1, -1};
      socket.write(frame(FIN | 0x40 | Frames.TEXT, noSuchBlock));
      refuses(socket, 1007);
    }
    for (int bits : new int[] {0x10, 0x20, 0x50, 0x60}) {
      try (RawWebSocket socket = open(deflate)) {
        socket.write(frame(FIN | bits | Frames.TEXT, text("x")));
        refuses(socket, 1002);
      }
    }
    try (RawWebSocket socket = open(deflate)) {
      socket.write(together(frame(Frames.TEXT, text("a")), frame(FIN | 0x40, text("b"))));
      refuses(socket, 1002);
    }
    try (RawWebSocket socket = open(deflate)) {
      socket.write(frame(FIN | 0x40 | Frames.PING, text("x")));
      refuses(socket, 1002);
    }
  }
}
