package dev.stoker.jvm.profile;

import dev.stoker.pprof.build.ValueType;
import java.util.List;

/**
 * The profiles that a recording can hold, with the names that Pyroscope uses when it converts
 * recordings itself. Unlike Pyroscope, which forgets it for malloc, the type of the period is
 * always set.
 */
public enum Series {
  CPU("process_cpu", "cpu", "nanoseconds", List.of(types(Measure.CPU, "", "cpu"))),
  WALL("wall", "wall", "nanoseconds", List.of(types(Measure.WALL, "", "wall"))),
  ALLOCATIONS(
      "memory",
      "space",
      "bytes",
      List.of(
          types(
              Measure.ALLOCATED_IN_NEW_TLAB,
              "alloc_in_new_tlab_objects",
              "alloc_in_new_tlab_bytes"),
          types(
              Measure.ALLOCATED_OUTSIDE_TLAB,
              "alloc_outside_tlab_objects",
              "alloc_outside_tlab_bytes"),
          types(Measure.ALLOCATED, "alloc_sample_objects", "alloc_sample_bytes"))),
  LIVE("memory", "objects", "count", List.of(types(Measure.LIVE, "live", ""))),
  MALLOC(
      "memory", "space", "bytes", List.of(types(Measure.MALLOC, "malloc_objects", "malloc_bytes"))),
  MUTEX("mutex", "mutex", "count", List.of(types(Measure.MONITOR, "contentions", "delay"))),
  BLOCK("block", "block", "count", List.of(types(Measure.PARK, "contentions", "delay")));

  /**
   * Sample types of a measure.
   *
   * @param count name of the type that counts events; "" = none
   * @param sum name of the type that sums up; "" = none
   */
  record Types(Measure measure, String count, String sum) {
    List<ValueType> valueTypes() {
      ValueType counted = new ValueType(count, "count");
      String unit =
          switch (measure) {
            case CPU, WALL, MONITOR, PARK -> "nanoseconds";
            default -> "bytes";
          };
      ValueType summed = new ValueType(sum, unit);
      if (count.isEmpty()) {
        return List.of(summed);
      }
      return sum.isEmpty() ? List.of(counted) : List.of(counted, summed);
    }
  }

  public final String profileName;
  final ValueType periodType;
  final List<Types> types;

  Series(String profileName, String periodType, String periodUnit, List<Types> types) {
    this.profileName = profileName;
    this.periodType = new ValueType(periodType, periodUnit);
    this.types = types;
  }

  private static Types types(Measure measure, String count, String sum) {
    return new Types(measure, count, sum);
  }
}
