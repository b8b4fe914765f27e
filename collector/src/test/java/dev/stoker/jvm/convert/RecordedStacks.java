package dev.stoker.jvm.convert;

import dev.stoker.pprof.oracle.Pprof;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import jdk.jfr.consumer.RecordedClass;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;

/**
 * What the JDK's own reader says of a recording, per stack, under the documented rules of names;
 * and the same of a profile. The rules are written down a second time here, as patterns.
 */
final class RecordedStacks {
  private static final Pattern ADDRESS = Pattern.compile("([+/.](0x[0-9a-f]+|[0-9]+))+$");
  private static final Pattern LAMBDA = Pattern.compile("\\$\\$Lambda(\\$[0-9a-f]+)?$");
  private static final Pattern NUMBER =
      Pattern.compile(
          "((?:^|/)(?:\\$Proxy|Generated(?:Serialization)?(?:Method|Constructor)Accessor))[0-9]+$");

  private static final Map<String, String> PRIMITIVES =
      Map.of(
          "B", "byte", "C", "char", "D", "double", "F", "float", "I", "int", "J", "long", "S",
          "short", "Z", "boolean");

  /**
   * @param count samples, or events
   * @param sum bytes or nanoseconds
   */
  record Value(long count, long sum) {
    Value plus(Value more) {
      return new Value(count + more.count, sum + more.sum);
    }
  }

  private RecordedStacks() {}

  static Map<String, Value> of(
      List<RecordedEvent> events, String name, ToLongFunction<RecordedEvent> amount) {
    Map<String, Value> stacks = new TreeMap<>();
    for (RecordedEvent event : events) {
      if (event.getEventType().getName().equals(name)) {
        stacks.merge(stack(event), new Value(1, amount.applyAsLong(event)), Value::plus);
      }
    }
    return stacks;
  }

  private static String stack(RecordedEvent event) {
    List<String> frames = new ArrayList<>();
    if (event.hasField("objectClass")) {
      frames.add(objectClass(event.getClass("objectClass")) + ":0");
    }
    if (event.getStackTrace() != null) {
      event.getStackTrace().getFrames().forEach(frame -> frames.add(frame(frame)));
    }
    return frames.isEmpty() ? "[no stack]:0" : String.join(" < ", frames);
  }

  private static String frame(RecordedFrame frame) {
    return type(frame.getMethod().getType().getName())
        + "."
        + frame.getMethod().getName()
        + ":"
        + Math.max(0, frame.getLineNumber());
  }

  private static String objectClass(RecordedClass type) {
    String name = type.getName();
    int dimensions = name.lastIndexOf('[') + 1;
    String element = name.substring(dimensions);
    if (dimensions > 0) {
      element =
          element.startsWith("L")
              ? type(element.substring(1, element.length() - 1))
              : Objects.requireNonNull(PRIMITIVES.get(element));
    }
    return (dimensions > 0 ? element : type(element)) + "[]".repeat(dimensions);
  }

  private static String type(String dotted) {
    String plain = ADDRESS.matcher(dotted).replaceFirst("").replace('.', '/');
    return NUMBER.matcher(LAMBDA.matcher(plain).replaceFirst("\\$\\$Lambda")).replaceFirst("$1");
  }

  /**
   * @param count index of the sample type that counts; -1 = there is none
   * @param sum index of the sample type that sums up
   */
  static Map<String, Value> of(Pprof.Profile profile, int count, int sum) {
    Map<String, Value> stacks = new TreeMap<>();
    for (Pprof.Sample sample : profile.getSampleList()) {
      String stack =
          sample.getLocationIdList().stream()
              .map(id -> profile.getLocation((int) (long) id - 1).getLine(0))
              .map(
                  line ->
                      profile.getStringTable(
                              (int) profile.getFunction((int) line.getFunctionId() - 1).getName())
                          + ":"
                          + line.getLine())
              .collect(Collectors.joining(" < "));
      stacks.merge(
          stack,
          new Value(count < 0 ? 0 : sample.getValue(count), sample.getValue(sum)),
          Value::plus);
    }
    return stacks;
  }
}
