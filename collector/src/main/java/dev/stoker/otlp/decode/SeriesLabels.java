package dev.stoker.otlp.decode;

import dev.stoker.otlp.OtlpFields;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.wire.Cursor;
import dev.stoker.pprof.wire.Growable.Ints;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The labels of a series, as Pyroscope makes them: attributes of the resource, then of the scope,
 * under their own names; the first one of a name counts. Those of the profile come last. Not
 * changed once it is made.
 */
final class SeriesLabels {
  private static final int MOST = 1_000;
  private static final String SERVICE = "service_name";

  /** Labels that {@link #of} adds: of the name, of the kind, and of the service. */
  private static final int OWN = 3;

  private static final String UNKNOWN = "unknown_service";
  private static final String EXECUTABLE = "process.executable.name";

  private final Map<String, String> labels;

  private SeriesLabels(Map<String, String> labels) {
    this.labels = labels;
  }

  static SeriesLabels none() {
    return new SeriesLabels(Map.of());
  }

  /** Labels that a profile has at most. */
  int most() {
    return labels.size() + OWN;
  }

  /** With the attributes of a resource or a scope, which are in these bytes. */
  SeriesLabels with(Dictionary dictionary, int from, int to, int field, LeftOut.Counts leftOut)
      throws MalformedProfileException, OutOfRoomException {
    Map<String, String> all = new LinkedHashMap<>(labels);
    Cursor cursor = Wire.over(dictionary.data, from, to);
    while (cursor.next()) {
      if (cursor.field() == field) {
        cursor.expectBytes();
        add(all, dictionary, cursor, leftOut);
      } else {
        cursor.skip();
      }
    }
    return new SeriesLabels(all);
  }

  private static void add(
      Map<String, String> all, Dictionary dictionary, Cursor field, LeftOut.Counts leftOut)
      throws MalformedProfileException, OutOfRoomException {
    String key = "";
    AnyValue value = new AnyValue(dictionary);
    value.clear();
    Cursor cursor = Wire.over(dictionary.data, field.start(), field.end());
    while (cursor.next()) {
      switch (cursor.field()) {
        case OtlpFields.KeyValue.KEY -> {
          cursor.expectBytes();
          key = dictionary.text(cursor.start(), cursor.end());
        }
        case OtlpFields.KeyValue.KEY_INDEX -> key = dictionary.string(cursor.value());
        case OtlpFields.KeyValue.VALUE -> {
          cursor.expectBytes();
          value.read(cursor.start(), cursor.end());
        }
        default -> cursor.skip();
      }
    }
    if (value.kind() == AnyValue.Kind.OTHER || value.kind() == AnyValue.Kind.WHOLE) {
      leftOut.count(LeftOut.VALUE);
    } else if (value.kind() != AnyValue.Kind.NONE && !key.isEmpty()) {
      put(all, key, value.shown());
    }
  }

  private static void put(Map<String, String> all, String key, String value)
      throws MalformedProfileException {
    all.putIfAbsent(key, value);
    if (all.size() > MOST) {
      throw Wire.wrong("a resource and its scope have more than " + MOST + " attributes");
    }
  }

  /** With the attributes of a profile. */
  SeriesLabels with(Attributes attributes, Ints indexes, LeftOut.Counts leftOut)
      throws MalformedProfileException, OutOfRoomException {
    if (indexes.size == 0) {
      return this;
    }
    Map<String, String> all = new LinkedHashMap<>(labels);
    for (int i = 0; i < indexes.size; i++) {
      int at = attributes.read(indexes.at[i]);
      byte kind = attributes.kindOf(at);
      if (kind == Attributes.OTHER || kind == Attributes.WHOLE) {
        leftOut.count(LeftOut.VALUE);
      } else if (kind != Attributes.NONE) {
        put(all, attributes.name(at), attributes.text(at));
      }
    }
    return new SeriesLabels(all);
  }

  /**
   * All labels of a profile.
   *
   * @param name <code>__name__</code>, unless the sender has written one
   * @param service of its samples, "" = they name none
   */
  List<OtlpProfile.Label> of(String name, String service) {
    Map<String, String> all = new LinkedHashMap<>(labels);
    all.putIfAbsent("__name__", name);
    // What OTLP's senders count is never a total since their start.
    all.putIfAbsent("__delta__", "false");
    all.put(SERVICE, service.isEmpty() ? service() : service);
    List<OtlpProfile.Label> list = new ArrayList<>(all.size());
    all.forEach((key, value) -> list.add(new OtlpProfile.Label(key, value)));
    return list;
  }

  private String service() {
    String service = labels.getOrDefault(Attributes.SERVICE_NAME, "");
    String executable = labels.getOrDefault(EXECUTABLE, "");
    if (!service.isEmpty()) {
      return service;
    }
    if (labels.containsKey(SERVICE)) {
      return labels.get(SERVICE);
    }
    return executable.isEmpty() ? UNKNOWN : UNKNOWN + ":" + executable;
  }
}
