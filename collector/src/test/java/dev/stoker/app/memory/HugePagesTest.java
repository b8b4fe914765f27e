package dev.stoker.app.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HugePagesTest {
  @TempDir Path folder;

  @Test
  void offered_whereTheKernelGivesThem_atOnceOrWhenAsked() throws IOException {
    assertThat(offered("always [madvise] never\n")).isTrue();
    assertThat(offered("[always] madvise never\n")).isTrue();
    assertThat(offered("always madvise [never]\n")).isFalse();
    assertThat(offered("")).isFalse();
    assertThat(HugePages.offered(folder.resolve("no such file"))).isFalse();
    assertThat(HugePages.offered(folder)).isFalse();
  }

  private boolean offered(String modes) throws IOException {
    return HugePages.offered(Files.writeString(folder.resolve("enabled"), modes));
  }
}
