package dev.stoker.pprof.build;

import java.util.Objects;

/** The meaning and the unit of a value, such as cpu in nanoseconds. */
public final class ValueType {
  private final String type;
  private final String unit;

  public ValueType(String type, String unit) {
    this.type = Objects.requireNonNull(type);
    this.unit = Objects.requireNonNull(unit);
  }

  public String type() {
    return type;
  }

  public String unit() {
    return unit;
  }
}
