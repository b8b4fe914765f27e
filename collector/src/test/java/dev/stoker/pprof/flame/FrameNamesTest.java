package dev.stoker.pprof.flame;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.oracle.Pprof;
import dev.stoker.pprof.wire.ProfileIndex;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FrameNamesTest {
  private static FrameNames read(Pprof.Profile.Builder profile) throws MalformedProfileException {
    byte[] bytes = profile.build().toByteArray();
    ProfileIndex index = new ProfileIndex();
    index.read(bytes, bytes.length);
    index.readFunctions();
    return new FrameNames(index);
  }

  private static Pprof.Profile.Builder strings(String... strings) {
    return Pprof.Profile.newBuilder()
        .addSampleType(Pprof.ValueType.newBuilder())
        .addStringTable("")
        .addAllStringTable(List.of(strings));
  }

  @Test
  void aLocationsFunctions_areNamedRootFirst() throws MalformedProfileException {
    FrameNames names =
        read(
            strings("inlined", "caller")
                .addFunction(Pprof.Function.newBuilder().setId(1).setName(1))
                .addFunction(Pprof.Function.newBuilder().setId(2).setSystemName(2))
                .addLocation(
                    Pprof.Location.newBuilder()
                        .setId(7)
                        .addLine(Pprof.Line.newBuilder().setFunctionId(1))
                        .addLine(Pprof.Line.newBuilder().setFunctionId(2))));

    assertThat(names.of(7)).containsExactly("caller", "inlined");
    assertThat(names.of(7)).isSameAs(names.of(7));
  }

  @Test
  void whatHasNoName_isShownByItsAddressOrAsUnknown() throws MalformedProfileException {
    FrameNames names =
        read(
            strings("/usr/lib/libc.so")
                .addMapping(Pprof.Mapping.newBuilder().setId(3).setFilename(1))
                .addLocation(
                    Pprof.Location.newBuilder().setId(1).setMappingId(3).setAddress(0xbeef))
                .addLocation(Pprof.Location.newBuilder().setId(2).setAddress(0xbeef))
                .addLocation(
                    Pprof.Location.newBuilder()
                        .setId(4)
                        .addLine(Pprof.Line.newBuilder().setFunctionId(99))));

    assertThat(names.of(1)).containsExactly("[libc.so 0xbeef]");
    assertThat(names.of(2)).containsExactly("[0xbeef]");
    assertThat(names.of(4)).containsExactly("[unknown]");
    assertThat(names.of(5)).containsExactly("[unknown]");
  }

  @Test
  void aLongName_isCut() throws MalformedProfileException {
    FrameNames names = read(strings("x".repeat(5_000)));

    assertThat(names.string(1)).hasSize(1_024);
    assertThat(names.string(2)).isNull();
  }
}
