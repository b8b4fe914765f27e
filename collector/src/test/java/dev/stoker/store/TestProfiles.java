package dev.stoker.store;

import dev.stoker.labels.Labels;
import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.oracle.Pprof;
import dev.stoker.profile.Profile;
import java.util.ArrayList;
import java.util.List;

/** Small real pprof bodies, built by protobuf-java. */
public final class TestProfiles {
  private final Pprof.Profile.Builder profile = Pprof.Profile.newBuilder();
  private final List<String> strings = new ArrayList<>(List.of(""));

  TestProfiles(String type, String unit) {
    profile.addSampleType(valueType(type, unit));
    profile.setPeriodType(valueType(type, unit));
  }

  private Pprof.ValueType valueType(String type, String unit) {
    return Pprof.ValueType.newBuilder().setType(string(type)).setUnit(string(unit)).build();
  }

  private int string(String text) {
    int at = strings.indexOf(text);
    if (at < 0) {
      strings.add(text);
      at = strings.size() - 1;
    }
    return at;
  }

  /**
   * @param stack root first, separated by ;
   */
  TestProfiles add(String stack, long value) {
    Pprof.Sample.Builder sample = Pprof.Sample.newBuilder().addValue(value);
    String[] frames = stack.split(";");
    for (int i = frames.length - 1; i >= 0; i--) {
      int id = string(frames[i]);
      if (profile.getFunctionList().stream().noneMatch(f -> f.getId() == id)) {
        profile.addFunction(Pprof.Function.newBuilder().setId(id).setName(id));
        profile.addLocation(
            Pprof.Location.newBuilder()
                .setId(id)
                .addLine(Pprof.Line.newBuilder().setFunctionId(id)));
      }
      sample.addLocationId(id);
    }
    profile.addSample(sample);
    return this;
  }

  byte[] gzipped() {
    byte[] plain = profile.clone().addAllStringTable(strings).setTimeNanos(1).build().toByteArray();
    return Gzip.deflate(plain, plain.length, 6);
  }

  public static byte[] cpu(long value) {
    return new TestProfiles("cpu", "nanoseconds").add("main;work", value).gzipped();
  }

  public static Profile of(String service, String name, long atMillis, byte[] body) {
    Labels labels =
        Labels.of(
            "service_name", service, "__name__", name, "__meta_secret", "x", "instance", "a:1");
    return new Profile(labels, body, atMillis);
  }
}
