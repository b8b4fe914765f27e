package dev.stoker.jvm.recording;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The event that is being visited; used again for the next one. A field that an event does not have
 * is 0, or an empty text. Keys (thread, stack, state, class) mean something within the chunk only.
 */
public final class RecordedEvent {
  /** A field by whichever names it has in the events of {@link EventKind}. */
  public enum Field {
    START("startTime"),
    DURATION("duration"),
    THREAD("eventThread", "sampledThread"),
    STARTED_THREAD("thread"),
    STACK("stackTrace"),
    STATE("state"),
    OBJECT_CLASS("objectClass"),
    ALLOCATION_SIZE("allocationSize"),
    TLAB_SIZE("tlabSize"),
    WEIGHT("weight"),
    SIZE("size"),
    SAMPLES("samples"),
    SAMPLING_PERIOD("samplingPeriod"),
    FAILED("failed"),
    ID("id"),
    CONTEXT("contextId"),
    SPAN("spanId"),
    SPAN_NAME("spanName"),
    RECORDING_START("recordingStart"),
    NAME("name"),
    VALUE("value");

    private final String[] names;

    Field(String... names) {
      this.names = names;
    }

    static @Nullable Field of(String name) {
      for (Field field : values()) {
        if (Arrays.asList(field.names).contains(name)) {
          return field;
        }
      }
      return null;
    }
  }

  private final long[] numbers = new long[Field.values().length];
  private String name = "";
  private String value = "";
  private int position;

  void clear() {
    Arrays.fill(numbers, 0);
    name = "";
    value = "";
  }

  void set(Field field, long number) {
    numbers[field.ordinal()] = number;
  }

  void set(Field field, String text) {
    if (field == Field.NAME) {
      name = text;
    } else {
      value = text;
    }
  }

  void at(int begin) {
    position = begin;
  }

  /** Offset of the event in the chunk. */
  public int position() {
    return position;
  }

  public long get(Field field) {
    return numbers[field.ordinal()];
  }

  public String name() {
    return name;
  }

  public String value() {
    return value;
  }
}
