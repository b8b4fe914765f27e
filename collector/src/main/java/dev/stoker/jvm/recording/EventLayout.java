package dev.stoker.jvm.recording;

import org.jspecify.annotations.Nullable;

/** The fields of an event type that are read, in the order in which they are written. */
final class EventLayout {
  final EventKind kind;
  private final Type.Field[] fields;
  private final RecordedEvent.@Nullable Field[] taken;
  private final int used;

  EventLayout(EventKind kind, Type type) {
    this.kind = kind;
    this.fields = type.fields.toArray(Type.Field[]::new);
    this.taken = new RecordedEvent.Field[fields.length];
    int last = 0;
    for (int i = 0; i < fields.length; i++) {
      taken[i] = take(fields[i]);
      if (taken[i] != null) {
        last = i + 1;
      }
    }
    this.used = last;
  }

  private static RecordedEvent.@Nullable Field take(Type.Field field) {
    RecordedEvent.Field known = RecordedEvent.Field.of(field.name());
    if (known == null || field.array()) {
      return null;
    }
    boolean text = known == RecordedEvent.Field.NAME || known == RecordedEvent.Field.VALUE;
    boolean fits = text ? field.type().isText() : field.constant() || field.type().isNumber();
    return fits ? known : null;
  }

  /** The cursor is behind the event's type; what follows the last field taken is left unread. */
  void read(ChunkBytes in, Constants constants, RecordedEvent into)
      throws MalformedRecordingException {
    into.clear();
    for (int i = 0; i < used; i++) {
      RecordedEvent.Field field = taken[i];
      if (field == null) {
        Type.skip(fields[i], in);
      } else if (field == RecordedEvent.Field.NAME || field == RecordedEvent.Field.VALUE) {
        String text = constants.text(fields[i], in);
        into.set(field, text == null ? "" : text);
      } else {
        into.set(field, Type.number(fields[i], in));
      }
    }
  }
}
