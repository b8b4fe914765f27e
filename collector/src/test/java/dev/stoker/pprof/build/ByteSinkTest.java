package dev.stoker.pprof.build;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ByteSinkTest {
  @Test
  void messagePastAnyArray_isSaidToBe() {
    ByteSink sink = new ByteSink();
    sink.size = Integer.MAX_VALUE - 9;

    assertThatThrownBy(() -> sink.fixed64(1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("2147483646 bytes");
  }
}
