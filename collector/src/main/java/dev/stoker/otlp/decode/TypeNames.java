package dev.stoker.otlp.decode;

import org.jspecify.annotations.Nullable;

/**
 * What a profile is called at Pyroscope. Its pages know types by <code>
 * name:type:unit:period type:period unit</code>, and OTLP has no field for the name.
 *
 * @param name <code>__name__</code>
 * @param period 0 = not known
 * @param factor of each value
 */
record TypeNames(String name, Type sample, Type period, long factor) {
  private static final Type CPU = new Type("cpu", "nanoseconds");
  private static final Type SAMPLES = new Type("samples", "count");
  private static final Type SPACE = new Type("space", "bytes");
  private static final Type CONTENTIONS = new Type("contentions", "count");

  /** A type and its unit; both "" = not said. */
  record Type(String type, String unit) {
    static final Type NONE = new Type("", "");

    /** Some say ns. */
    Type normal() {
      return unit.equals("ns") ? new Type(type, "nanoseconds") : this;
    }
  }

  /** What a profile says of its values: the type, what is between two samples, and how much. */
  record Said(Type sample, Type period, long every) {}

  /**
   * @param cpuBeside another profile of the same scope has the CPU time of these samples
   * @return null = it says nothing
   */
  static @Nullable TypeNames of(Said said, boolean cpuBeside) {
    Type sample = said.sample().normal();
    Type period = said.period().normal();
    String type = sample.type();
    if (sample.equals(SAMPLES) && period.equals(CPU) && said.every() > 0 && !cpuBeside) {
      return new TypeNames("process_cpu", CPU, CPU, said.every());
    }
    if (type.equals("off_cpu")) {
      return new TypeNames("off_cpu", sample, period, 1);
    }
    if (type.equals("wall")) {
      return named("wall", sample, period, CPU);
    }
    if (type.equals("cpu") || period.type().equals("cpu")) {
      return named("process_cpu", sample, period, CPU);
    }
    if (isMemory(type) || period.equals(SPACE)) {
      return named("memory", sample, period, SPACE);
    }
    if (period.equals(CONTENTIONS) || type.equals("contentions")) {
      return named("mutex", sample, period, CONTENTIONS);
    }
    String name = period.type().isEmpty() ? type : period.type();
    return name.isEmpty() ? null : named(name, sample, period, sample);
  }

  private static boolean isMemory(String type) {
    return type.startsWith("alloc_")
        || type.startsWith("inuse_")
        || type.equals("space")
        || type.equals("objects");
  }

  private static TypeNames named(String name, Type sample, Type period, Type usual) {
    return new TypeNames(name, sample, period.equals(Type.NONE) ? usual : period, 1);
  }

  /** Whether a profile of this type has the CPU time of the samples beside it. */
  static boolean isCpuTime(Type sample) {
    return sample.normal().equals(CPU);
  }
}
