package dev.stoker.pprof.delta;

import dev.stoker.pprof.oracle.Pprof;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The delta rules, plainly: object model, strings as identities. Slow and obviously right. */
public final class DeltaOracle {
  private final Set<String> cumulative;
  private Map<String, long[]> baseline = Map.of();
  private Map<String, long[]> pending = Map.of();
  private String pendingBuild = "";
  private String build = "";
  private boolean has;
  private boolean restored;
  private boolean lost;

  DeltaOracle(Set<String> cumulative) {
    this.cumulative = cumulative;
  }

  /** Stack → values of the delta; stacks whose values are all 0 are left out. */
  Map<String, long[]> compute(Pprof.Profile profile) {
    boolean[] grows = grows(profile);
    Map<String, long[]> current = sums(profile);
    pending = current;
    pendingBuild =
        profile.getMappingCount() == 0
            ? ""
            : profile.getStringTable((int) profile.getMapping(0).getBuildId());
    if (restored && (!pendingBuild.equals(build) || anyStackLower(current, grows))) {
      lost = true;
      has = false;
      restored = false;
    }
    boolean reset = has && (!pendingBuild.equals(build) || lower(current, grows));
    Map<String, long[]> delta = new TreeMap<>();
    current.forEach(
        (stack, values) -> {
          long[] before = baseline.getOrDefault(stack, new long[values.length]);
          long[] moved = new long[values.length];
          for (int i = 0; i < values.length; i++) {
            if (!grows[i]) {
              moved[i] = values[i];
            } else if (has) {
              moved[i] = Math.max(0, reset ? values[i] : values[i] - before[i]);
            }
          }
          if (Arrays.stream(moved).anyMatch(v -> v != 0)) {
            delta.put(stack, moved);
          }
        });
    return delta;
  }

  void settle(boolean accepted) {
    if (accepted) {
      baseline = pending;
      build = pendingBuild;
      has = true;
      restored = false;
      lost = false;
    }
  }

  /** Stoker was stopped and started again. */
  void restart(boolean clean) {
    if (clean) {
      restored = has;
    } else {
      lost |= has;
      has = false;
      restored = false;
    }
  }

  /** Of the profile computed last. */
  boolean gap() {
    return lost;
  }

  private boolean anyStackLower(Map<String, long[]> current, boolean[] grows) {
    return baseline.entrySet().stream()
        .anyMatch(
            before -> {
              long[] now =
                  current.getOrDefault(before.getKey(), new long[before.getValue().length]);
              for (int i = 0; i < grows.length; i++) {
                if (grows[i] && now[i] < before.getValue()[i]) {
                  return true;
                }
              }
              return false;
            });
  }

  private boolean lower(Map<String, long[]> current, boolean[] grows) {
    for (int i = 0; i < grows.length; i++) {
      int column = i;
      long now = current.values().stream().mapToLong(v -> v[column]).sum();
      long before = baseline.values().stream().mapToLong(v -> v[column]).sum();
      if (grows[i] && now < before) {
        return true;
      }
    }
    return false;
  }

  private boolean[] grows(Pprof.Profile profile) {
    boolean[] grows = new boolean[profile.getSampleTypeCount()];
    for (int i = 0; i < grows.length; i++) {
      grows[i] =
          cumulative.contains(profile.getStringTable((int) profile.getSampleType(i).getType()));
    }
    return grows;
  }

  public static Map<String, long[]> sums(Pprof.Profile profile) {
    Map<Long, Pprof.Location> locations = new HashMap<>();
    profile.getLocationList().forEach(l -> locations.put(l.getId(), l));
    Map<Long, Pprof.Function> functions = new HashMap<>();
    profile.getFunctionList().forEach(f -> functions.put(f.getId(), f));
    Map<String, long[]> sums = new TreeMap<>();
    for (Pprof.Sample sample : profile.getSampleList()) {
      StringBuilder stack = new StringBuilder();
      for (long id : sample.getLocationIdList()) {
        stack
            .append(frame(profile, java.util.Objects.requireNonNull(locations.get(id)), functions))
            .append(';');
      }
      List<String> labels = new ArrayList<>();
      for (Pprof.Label label : sample.getLabelList()) {
        labels.add(
            profile.getStringTable((int) label.getKey())
                + "="
                + profile.getStringTable((int) label.getStr())
                + label.getNum());
      }
      labels.sort(null);
      long[] values =
          sums.computeIfAbsent(
              stack.append(labels).toString(), k -> new long[sample.getValueCount()]);
      for (int i = 0; i < values.length; i++) {
        values[i] += sample.getValue(i);
      }
    }
    return sums;
  }

  private static String frame(
      Pprof.Profile profile, Pprof.Location location, Map<Long, Pprof.Function> functions) {
    if (location.getAddress() != 0) {
      return Long.toHexString(location.getAddress());
    }
    StringBuilder lines = new StringBuilder();
    for (Pprof.Line line : location.getLineList()) {
      Pprof.Function function =
          java.util.Objects.requireNonNull(functions.get(line.getFunctionId()));
      lines
          .append(profile.getStringTable((int) function.getName()))
          .append(profile.getStringTable((int) function.getFilename()))
          .append(line.getLine())
          .append('|');
    }
    return lines.toString();
  }
}
