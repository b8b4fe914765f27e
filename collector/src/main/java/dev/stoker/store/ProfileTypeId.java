package dev.stoker.store;

import dev.stoker.pprof.flame.ProfileStacks;
import dev.stoker.pprof.flame.ProfileStacks.ValueType;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Pyroscope's profile type id: <code>name:sampleType:unit:periodType:periodUnit</code>, such as
 * <code>process_cpu:cpu:nanoseconds:cpu:nanoseconds</code>.
 *
 * @param name of the series; sample and period types never hold a colon
 */
public record ProfileTypeId(String name, ValueType sample, ValueType period) {

  /** Empty when there are not five parts or a name is missing. */
  public static Optional<ProfileTypeId> parse(String id) {
    String[] parts = id.split(":", -1);
    if (parts.length != 5 || parts[0].isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new ProfileTypeId(
            parts[0], new ValueType(parts[1], parts[2]), new ValueType(parts[3], parts[4])));
  }

  /** Index of the sample type in a profile; -1 = it has none such. */
  int indexIn(ProfileStacks profile) {
    return profile.periodType().equals(period) ? profile.sampleTypes().indexOf(sample) : -1;
  }

  static List<ProfileTypeId> of(String name, ProfileStacks profile) {
    return profile.sampleTypes().stream()
        .filter(type -> !(type.type() + type.unit()).contains(":"))
        .map(type -> new ProfileTypeId(name, type, profile.periodType()))
        .toList();
  }

  /** A level rather than an amount: over time it is averaged, adding it up would mean nothing. */
  public boolean isLevel() {
    String type = sample.type().toLowerCase(Locale.ROOT);
    return type.startsWith("inuse_") || type.startsWith("goroutine") || type.startsWith("thread");
  }

  @Override
  public String toString() {
    return String.join(":", name, sample.type(), sample.unit(), period.type(), period.unit());
  }
}
