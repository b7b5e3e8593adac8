package dev.tidegate.stream.encode;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Protobuf has to be worth it: what the documentation promises of its size. */
class CodecSizeTest {
  private static CodecBenchmark of(String codec) {
    CodecBenchmark benchmark = new CodecBenchmark();
    benchmark.codec = codec;
    benchmark.setUp();
    return benchmark;
  }

  @Test
  void protobufIsLessThanHalfOfJson() {
    assertThat(of("PROTO").aDelta()).isLessThan(of("JSON").aDelta() * 40 / 100);
    assertThat(of("PROTO").aTrade()).isLessThan(of("JSON").aTrade() * 50 / 100);
    assertThat(of("PROTO").aSnapshotOfAHundredLevels())
        .isLessThan(of("JSON").aSnapshotOfAHundredLevels() * 50 / 100);
  }
}
