package dev.stoker.discovery.kubernetes.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A token that is rotated by replacing its file. */
class TokenFileTest {
  @TempDir Path folder;

  private long now;

  @Test
  void aRotatedToken_isReadAgain_withoutARestart() throws Exception {
    Path token = Files.writeString(folder.resolve("token"), "first\n");
    TokenFile tokens = new TokenFile(token, () -> now);
    assertThat(tokens.getToken()).isEqualTo("first");

    Files.writeString(token, "second\n");
    assertThat(tokens.getToken()).as("not read for each of many requests").isEqualTo("first");
    now += TimeUnit.SECONDS.toNanos(2);
    assertThat(tokens.getToken()).isEqualTo("second");

    Files.delete(token);
    now += TimeUnit.SECONDS.toNanos(11);
    assertThat(tokens.getToken()).as("the last good one stays").isEqualTo("second");
  }
}
