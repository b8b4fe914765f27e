package dev.stoker.app;

import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;

/** Without it each start would load thousands of classes one by one, and nobody would notice. */
class CdsTrainingTest {
  @Test
  void theTraining_listsAndWatchesPods_overTls() {
    assertThatCode(() -> CdsTraining.train(true)).doesNotThrowAnyException();
  }
}
