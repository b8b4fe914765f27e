package dev.stoker.jvm.convert;

import dev.stoker.jvm.recording.RecordedEvent;
import dev.stoker.jvm.recording.RecordedEvent.Field;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Labels that a program has set while it was profiled, to which the events of its recording refer
 * by numbers. The profiler of Pyroscope's Java SDK writes such numbers, and the SDK pushes what
 * they mean beside the recording. For one recording, on one thread.
 */
public final class RecordingLabels {
  /** A server makes a series of each set, and refuses many of them. */
  private static final int MAX_SETS = 200_000;

  static final int NONE = 0;
  static final int OVER_LIMIT = -1;

  /** Numbers of an event. */
  private record Reference(long context, long span, long spanName) {}

  private final boolean given;
  private final Map<Long, long[]> contexts;
  private final Map<Long, String> strings;
  private final Map<Reference, Integer> known = new HashMap<>();
  private final List<List<String>> sets = new ArrayList<>(List.of(List.of()));

  /**
   * @param contexts a name, its value, the next name, … as keys of the strings
   */
  public RecordingLabels(Map<Long, long[]> contexts, Map<Long, String> strings) {
    this(true, contexts, strings);
  }

  private RecordingLabels(boolean given, Map<Long, long[]> contexts, Map<Long, String> strings) {
    this.given = given;
    this.contexts = contexts;
    this.strings = strings;
  }

  /** Of a recording that came alone. */
  public static RecordingLabels none() {
    return new RecordingLabels(false, Map.of(), Map.of());
  }

  /** Number of the labels of an event, for {@link #of}; {@link #OVER_LIMIT} = too many differ. */
  int index(RecordedEvent event) {
    if (!given) {
      return NONE;
    }
    Reference reference =
        new Reference(event.get(Field.CONTEXT), event.get(Field.SPAN), event.get(Field.SPAN_NAME));
    Integer index = known.get(reference);
    if (index == null) {
      index = add(resolve(reference));
      known.put(reference, index);
    }
    return index;
  }

  private int add(List<String> set) {
    if (set.isEmpty()) {
      return NONE;
    }
    if (sets.size() >= MAX_SETS) {
      return OVER_LIMIT;
    }
    sets.add(set);
    return sets.size() - 1;
  }

  /** As Pyroscope resolves it; of <code>profile_id</code> it makes the span. */
  private List<String> resolve(Reference reference) {
    List<String> set = new ArrayList<>();
    long[] context = contexts.getOrDefault(reference.context(), new long[0]);
    for (int i = 0; i + 1 < context.length; i += 2) {
      label(set, strings.getOrDefault(context[i], ""), strings.getOrDefault(context[i + 1], ""));
    }
    if (reference.span() != 0) {
      label(set, "profile_id", String.format("%016x", reference.span()));
    }
    label(set, "span_name", strings.getOrDefault(reference.spanName(), ""));
    return List.copyOf(set);
  }

  private static void label(List<String> set, String name, String value) {
    if (!name.isEmpty() && !value.isEmpty()) {
      set.add(name);
      set.add(value);
    }
  }

  /** A name, its value, the next name, …, by the {@link #index} of an event. */
  List<String> of(int index) {
    return sets.get(index);
  }
}
