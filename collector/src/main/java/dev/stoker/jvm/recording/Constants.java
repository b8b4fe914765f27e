package dev.stoker.jvm.recording;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A chunk's constant pools. Only the place of each constant is kept; a constant is decoded when it
 * is asked for, which for most is never.
 */
final class Constants implements Texts.Pool {
  static final String STACK_TRACE = "jdk.types.StackTrace";
  static final String METHOD = "jdk.types.Method";
  static final String CLASS = "java.lang.Class";
  static final String THREAD = "java.lang.Thread";
  static final String THREAD_STATE = "jdk.types.ThreadState";
  private static final String SYMBOL = "jdk.types.Symbol";
  private static final String STRING = "java.lang.String";
  private static final Set<String> WANTED =
      Set.of(STACK_TRACE, METHOD, CLASS, THREAD, THREAD_STATE, SYMBOL, STRING);

  /** A chunk of 12 MB has some 100,000. */
  private static final int MAX_CONSTANTS = 2_000_000;

  private final ChunkBytes in;
  private final Map<Long, Type> types;
  private final Map<String, Type> byName = new HashMap<>();
  private final Map<String, Positions> pools = new HashMap<>();
  private final Map<Long, @Nullable String> symbols = new HashMap<>();
  private int constants;

  /**
   * @param in used for decoding, so its position is not the caller's to keep
   */
  Constants(ChunkBytes in, Map<Long, Type> types) {
    this.in = in;
    this.types = types;
    types.values().forEach(type -> byName.put(type.name, type));
    WANTED.forEach(name -> pools.put(name, new Positions()));
  }

  /** Adds a checkpoint event: the cursor is behind its type. */
  void checkpoint() throws MalformedRecordingException {
    in.varlong();
    in.varlong();
    in.varlong();
    in.octet();
    for (int left = in.count(); left > 0; left--) {
      long id = in.varlong();
      Type type = types.get(id);
      if (type == null) {
        throw ChunkBytes.damaged("it has constants of the unknown type " + id);
      }
      Positions positions = pools.get(type.name);
      for (int constant = in.count(); constant > 0; constant--) {
        long key = in.varlong();
        if (positions != null) {
          if (++constants > MAX_CONSTANTS) {
            throw ChunkBytes.damaged("it has more than " + MAX_CONSTANTS + " constants");
          }
          positions.put(key, in.at);
        }
        in.step();
        type.skip(in);
      }
    }
  }

  /** Moves the cursor to a constant; false = it is not there. */
  boolean find(String type, long key) throws MalformedRecordingException {
    Positions positions = pools.get(type);
    int position = positions == null ? 0 : positions.get(key);
    if (position == 0 || !byName.containsKey(type)) {
      return false;
    }
    in.seek(position);
    return true;
  }

  /** Keys of all constants of a type, in no particular order. */
  long[] keys(String type) {
    Positions positions = pools.get(type);
    return positions == null ? new long[0] : positions.keys();
  }

  /** Offset of a constant of a type that {@link #find} has found. */
  Type type(String name) {
    return java.util.Objects.requireNonNull(byName.get(name));
  }

  ChunkBytes in() {
    return in;
  }

  /** A number, or the key of another constant, in a constant; 0 = not there. */
  long number(String type, long key, String field) throws MalformedRecordingException {
    if (!find(type, key)) {
      return 0;
    }
    for (Type.Field each : type(type).fields) {
      if (each.name().equals(field) && !each.array()) {
        return each.constant() || each.type().isNumber() ? Type.number(each, in) : 0;
      }
      Type.skip(each, in);
    }
    return 0;
  }

  /** A text in a constant, given as such or as a symbol; null = not there. */
  @Nullable String text(String type, long key, String field) throws MalformedRecordingException {
    if (!find(type, key)) {
      return null;
    }
    for (Type.Field each : type(type).fields) {
      if (each.name().equals(field) && !each.array()) {
        return text(each, in);
      }
      Type.skip(each, in);
    }
    return null;
  }

  /** A field's text; the cursor is at the field. */
  @Nullable String text(Type.Field field, ChunkBytes at) throws MalformedRecordingException {
    if (!field.constant()) {
      return field.type().isText() ? Texts.read(at, this) : null;
    }
    long key = at.varlong();
    return field.type().isText() ? string(key) : symbol(key);
  }

  private @Nullable String symbol(long key) throws MalformedRecordingException {
    if (!symbols.containsKey(key)) {
      symbols.put(key, text(SYMBOL, key, "string"));
    }
    return symbols.get(key);
  }

  /** A string of the pool; one that refers to a further one is no string. */
  @Override
  public @Nullable String string(long key) throws MalformedRecordingException {
    return find(STRING, key) ? Texts.read(in, nested -> null) : null;
  }
}
