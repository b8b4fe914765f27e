package dev.stoker.otlp.decode;

import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.oracle.Pprof;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a pprof body says, read with the generated classes. */
public final class Pprofs {
  public static Pprof.Profile parse(byte[] body) throws Exception {
    return Pprof.Profile.parseFrom(Gzip.inflate(body, 1 << 26));
  }

  /** The sums by stack and labels: <code>leaf;caller{name=value}</code>. */
  public static Map<String, Long> sums(byte[] body) throws Exception {
    Pprof.Profile profile = parse(body);
    Map<String, Long> sums = new TreeMap<>();
    for (Pprof.Sample sample : profile.getSampleList()) {
      List<String> frames = new ArrayList<>();
      for (long id : sample.getLocationIdList()) {
        Pprof.Location location = profile.getLocation((int) id - 1);
        for (Pprof.Line line : location.getLineList()) {
          Pprof.Function function = profile.getFunction((int) line.getFunctionId() - 1);
          frames.add(
              text(profile, function.getName())
                  + "@"
                  + text(profile, function.getFilename())
                  + ":"
                  + line.getLine());
        }
        if (location.getLineCount() == 0) {
          frames.add(Long.toHexString(location.getAddress()));
        }
      }
      sums.merge(String.join(";", frames) + labels(profile, sample), sample.getValue(0), Long::sum);
    }
    return sums;
  }

  private static Map<String, String> labels(Pprof.Profile profile, Pprof.Sample sample) {
    Map<String, String> labels = new TreeMap<>();
    for (Pprof.Label label : sample.getLabelList()) {
      String value =
          label.getStr() != 0
              ? text(profile, label.getStr())
              : label.getNum() + " " + text(profile, label.getNumUnit());
      labels.put(text(profile, label.getKey()), value);
    }
    return labels;
  }

  /** Of the only sample type and the period, as Pyroscope writes it. */
  public static String type(byte[] body) throws Exception {
    Pprof.Profile profile = parse(body);
    return type(profile, profile.getSampleType(0)) + ":" + type(profile, profile.getPeriodType());
  }

  private static String type(Pprof.Profile profile, Pprof.ValueType type) {
    return text(profile, type.getType()) + ":" + text(profile, type.getUnit());
  }

  static String text(Pprof.Profile profile, long at) {
    return profile.getStringTable((int) at);
  }

  private Pprofs() {}
}
