package dev.stoker.receive.ingest;

import dev.stoker.pprof.build.ValueType;
import dev.stoker.receive.InvalidPush;
import java.util.Set;

/**
 * What a profile of stacks and numbers is of: formats without types have it in the last part of the
 * name of the program.
 *
 * @param profile its <code>__name__</code>
 * @param timed values are samples, and become nanoseconds by the sample rate
 */
record SeriesType(String profile, ValueType type, ValueType period, boolean timed) {
  private static final ValueType CPU = new ValueType("cpu", "nanoseconds");
  private static final ValueType SPACE = new ValueType("space", "bytes");
  private static final ValueType CONTENTIONS = new ValueType("contentions", "count");
  private static final Set<String> TIMES =
      Set.of("wall", "seconds", "nanoseconds", "microseconds", "milliseconds");

  /** The program's name without its type, and the type. */
  record Named(String app, SeriesType type) {}

  static Named of(String name) throws InvalidPush {
    int dot = name.lastIndexOf('.');
    if (dot < 0) {
      return new Named(name, last("cpu"));
    }
    return new Named(name.substring(0, dot), last(name.substring(dot + 1)));
  }

  private static SeriesType last(String type) throws InvalidPush {
    if (TIMES.contains(type)) {
      return new SeriesType("wall", new ValueType("wall", "nanoseconds"), CPU, true);
    }
    return switch (type) {
      case "cpu", "itimer" -> new SeriesType("process_cpu", CPU, CPU, true);
      case "inuse_objects",
          "alloc_objects",
          "alloc_in_new_tlab_objects",
          "alloc_outside_tlab_objects",
          "live" ->
          new SeriesType("memory", new ValueType(type, "count"), SPACE, false);
      case "inuse_space",
          "alloc_space",
          "alloc_in_new_tlab_bytes",
          "alloc_outside_tlab_bytes",
          "bytes" ->
          new SeriesType("memory", new ValueType(type, "bytes"), SPACE, false);
      case "goroutines" -> counted("goroutine");
      case "exceptions" -> counted("exceptions");
      case "mutex_count" -> new SeriesType("mutex", CONTENTIONS, CONTENTIONS, false);
      case "block_count", "lock_count" -> new SeriesType("block", CONTENTIONS, CONTENTIONS, false);
      case "mutex_duration" -> delay("mutex");
      case "block_duration", "lock_duration" -> delay("block");
      default ->
          throw new InvalidPush(
              "the name of the program ends in "
                  + InvalidPush.shown("." + type)
                  + ", which is no type of profile; write a type behind it, such as .cpu");
    };
  }

  private static SeriesType counted(String what) {
    ValueType count = new ValueType(what, "count");
    return new SeriesType(what, count, count, false);
  }

  private static SeriesType delay(String profile) {
    return new SeriesType(profile, new ValueType("delay", "nanoseconds"), CONTENTIONS, false);
  }
}
