package dev.stoker.config.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SourceFramesTest {
  private final SourceFrames frames = new SourceFrames();

  private OpenBlock open(String path, int line) {
    OpenBlock open = new OpenBlock(path, line, 3, '}', "");
    frames.open(new SourceFrame(open, Masked.Room.OPEN, path, Masked.Room.OPEN));
    return open;
  }

  @Test
  void whatIsOpenAtTheEnd_isTheInnermostBlock() {
    open("pyroscope.write.a", 1);
    OpenBlock inner = open("pyroscope.write.a.queue", 2);

    assertThat(frames.depth()).isEqualTo(3);
    assertThat(frames.unclosed()).isEqualTo(inner);
    frames.close();
    frames.close();
    assertThat(frames.unclosed()).isNull();
    assertThat(frames.close()).as("a brace too many").isNull();
  }

  @Test
  void aComponentInsideABlock_tellsWhichBlockWasNotClosed() {
    open("pyroscope.write.a", 1);
    open("pyroscope.write.a.pyroscope.scrape.b", 5);
    frames.close();

    assertThat(frames.unclosed())
        .isEqualTo(new OpenBlock("pyroscope.write.a", 1, 3, '}', "pyroscope.scrape.b of line 5"));
  }
}
