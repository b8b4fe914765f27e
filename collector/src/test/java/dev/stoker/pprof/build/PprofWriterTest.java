package dev.stoker.pprof.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.oracle.Pprof;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Functions and locations are one when they are equal, and only then. */
class PprofWriterTest {
  private static final ValueType CPU = new ValueType("cpu", "nanoseconds");

  private record At(String function, String file, int line) {}

  @Test
  void anyLine_isOfItsOwnFunction() throws Exception {
    List<At> asked = new ArrayList<>();
    for (String function : List.of("a.a", "b.b", "c.c")) {
      for (int line : new int[] {0, 1, 65_535, 65_536, 1 << 30, Integer.MAX_VALUE}) {
        asked.add(new At(function, function + ".java", line));
      }
    }
    assertThat(read(asked)).isEqualTo(asked);
  }

  @Test
  void linesThatTheJvmDoesNotKnow_areZero_andOfTheirOwnFunction() throws Exception {
    List<At> asked =
        List.of(
            new At("a.a", "", -1),
            new At("b.b", "", -1),
            new At("b.b", "", -2),
            new At("c.c", "", Integer.MIN_VALUE));
    assertThat(read(asked))
        .containsExactly(
            new At("a.a", "", 0), new At("b.b", "", 0), new At("b.b", "", 0), new At("c.c", "", 0));
    PprofWriter writer = new PprofWriter(List.of(CPU), CPU, 1, "cpu");
    assertThat(writer.location("b.b", "", -1)).isEqualTo(writer.location("b.b", "", 0));
  }

  @Test
  void functionsOfTheSameName_keepTheirFiles() throws Exception {
    List<At> asked =
        List.of(new At("a.a", "", 0), new At("a.a", "a.java", 7), new At("a.a", "b.java", 7));
    assertThat(read(asked)).isEqualTo(asked);
  }

  private static List<At> read(List<At> asked) throws Exception {
    PprofWriter writer = new PprofWriter(List.of(CPU), CPU, 1, "cpu");
    for (At at : asked) {
      writer.sample(new int[] {writer.location(at.function(), at.file(), at.line())}, 1);
    }
    Pprof.Profile profile = Pprof.Profile.parseFrom(Gzip.inflate(writer.finish(1_000, 0), 1 << 20));
    List<At> found = new ArrayList<>();
    for (Pprof.Sample sample : profile.getSampleList()) {
      Pprof.Line line = profile.getLocation((int) sample.getLocationId(0) - 1).getLine(0);
      Pprof.Function function = profile.getFunction((int) line.getFunctionId() - 1);
      found.add(
          new At(
              profile.getStringTable((int) function.getName()),
              profile.getStringTable((int) function.getFilename()),
              (int) line.getLine()));
    }
    return found;
  }
}
