package dev.tidegate.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class WireTest {
  @Property
  void integersSurvive(@ForAll long value, @ForAll int small) {
    Wire.Reader in = read(new Wire.Writer().int64(value).int32(small));
    assertThat(in.int64()).isEqualTo(value);
    assertThat(in.int32()).isEqualTo(small);
  }

  @Property
  void textSurvives(@ForAll String text) {
    String valid =
        new String(
            text.getBytes(java.nio.charset.StandardCharsets.UTF_8),
            java.nio.charset.StandardCharsets.UTF_8);
    Wire.Reader in = read(new Wire.Writer().string(valid).stringOrNull(null).stringOrNull(valid));
    assertThat(in.string()).isEqualTo(valid);
    assertThat(in.stringOrNull()).isNull();
    assertThat(in.stringOrNull()).isEqualTo(valid);
  }

  @Test
  void listsAndOptionalPartsSurvive() {
    Wire.Reader in =
        read(
            new Wire.Writer()
                .list(List.of("a", "", "c"), Wire.Writer::string)
                .orNull(null, Wire.Writer::string)
                .orNull("x", Wire.Writer::string)
                .bool(true));
    assertThat(in.list(Wire.Reader::string)).containsExactly("a", "", "c");
    assertThat(in.orNull(Wire.Reader::string)).isNull();
    assertThat(in.orNull(Wire.Reader::string)).isEqualTo("x");
    assertThat(in.bool()).isTrue();
  }

  @Test
  void smallIntegersTakeOneByte() {
    assertThat(new Wire.Writer().int64(63).int64(-64).buffer().readableBytes()).isEqualTo(2);
  }

  @Test
  void refusesALengthBeyondTheMessage() {
    assertThatThrownBy(() -> hex("0861").bytes())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("length: 4 (expected 0..1)");
    assertThatThrownBy(() -> hex("0161").bytes()).hasMessage("length: -1 (expected 0..1)");
  }

  @Test
  void refusesAListThatCannotFit() {
    assertThatThrownBy(() -> hex("feffffff0f").list(Wire.Reader::string))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("list size: 2147483647 (expected 0..0)");
  }

  @Test
  void refusesAnEndlessInteger() {
    assertThatThrownBy(() -> hex("ffffffffffffffffffffff01").int64())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("more than 64 bits");
  }

  @Test
  void refusesAMessageThatEndsTooEarly() {
    assertThatThrownBy(() -> hex("80").int64()).isInstanceOf(IndexOutOfBoundsException.class);
  }

  private static Wire.Reader read(Wire.Writer writer) {
    return new Wire.Reader(writer.buffer());
  }

  private static Wire.Reader hex(String hex) {
    return new Wire.Reader(Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex)));
  }
}
