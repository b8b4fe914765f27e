package dev.stoker.jvm.recording;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One chunk: its header, its constants, its events. Layout: JFR file format 2; see {@code
 * jdk.jfr.internal.consumer} for the fields. Not thread-safe; holds the bytes, does not change
 * them.
 */
public final class RecordingChunk {
  private static final int HEADER = 68;
  private static final int MAGIC = 0x464c5200; // FLR\0
  private static final int METADATA_AT = 24;
  private static final int START_AT = 32;
  private static final int DURATION_AT = 40;
  private static final int START_TICKS_AT = 48;
  private static final int TICKS_PER_SECOND_AT = 56;
  private static final int FEATURES_AT = 64;
  private static final int COMPRESSED_INTS = 1;

  /** Begin of the names of its own events, which are declared in each of its chunks. */
  private static final String ASYNC_PROFILER = "profiler.";

  private static final double NANOS_PER_SECOND = 1e9;

  /** Gets every event of {@link EventKind} there is. */
  @FunctionalInterface
  public interface Visitor {
    void event(EventKind kind, RecordedEvent event) throws MalformedRecordingException;
  }

  /**
   * A frame as the chunk has it. Equal frames of one chunk are the same object.
   *
   * @param type internal name of the class; "" = native code
   * @param line 0 = not known
   */
  public record RawFrame(String type, String method, int line) {}

  private final long startNanos;
  private final long durationNanos;
  private final long startTicks;
  private final double nanosPerTick;
  private final boolean asyncProfilers;
  private final Map<Long, EventLayout> layouts = new HashMap<>();
  private final Map<Long, String> eventNames = new HashMap<>();
  private final Constants constants;
  private final ChunkBytes in;
  private final Map<Long, String> classes = new HashMap<>();
  private final Map<Long, RawMethod> methods = new HashMap<>();

  private static final class RawMethod {
    private final String type;
    private final String name;
    private final Map<Integer, RawFrame> byLine = new HashMap<>(4);

    RawMethod(String type, String name) {
      this.type = type;
      this.name = name;
    }

    RawFrame at(int line) {
      RawFrame known = byLine.get(line);
      if (known == null) {
        known = new RawFrame(type, name, line);
        byLine.put(line, known);
      }
      return known;
    }
  }

  /**
   * @param chunk a whole chunk, its size that of the array
   * @throws MalformedRecordingException says what is wrong
   */
  public RecordingChunk(byte[] chunk) throws MalformedRecordingException {
    ByteBuffer header = ByteBuffer.wrap(chunk);
    if (chunk.length < HEADER || header.getInt(0) != MAGIC) {
      throw new MalformedRecordingException("not a JFR chunk: the signature FLR is missing");
    }
    if ((header.getInt(FEATURES_AT) & COMPRESSED_INTS) == 0) {
      throw new MalformedRecordingException(
          "the JFR chunk is of a kind that is not known (integers are not compressed)");
    }
    long ticksPerSecond = header.getLong(TICKS_PER_SECOND_AT);
    if (ticksPerSecond <= 0) {
      throw ChunkBytes.damaged("it has " + ticksPerSecond + " ticks a second");
    }
    this.startNanos = header.getLong(START_AT);
    this.durationNanos = Math.max(0, header.getLong(DURATION_AT));
    this.startTicks = header.getLong(START_TICKS_AT);
    this.nanosPerTick = NANOS_PER_SECOND / ticksPerSecond;
    this.in = new ChunkBytes(chunk);
    ChunkBytes forConstants = new ChunkBytes(chunk);
    Map<Long, Type> types = Metadata.read(forConstants, header.getLong(METADATA_AT));
    this.constants = new Constants(forConstants, types);
    types.forEach(
        (id, type) -> {
          eventNames.put(id, type.name);
          EventKind kind = EventKind.of(type.name);
          if (kind != null) {
            layouts.put(id, new EventLayout(kind, type));
          }
        });
    this.asyncProfilers =
        eventNames.values().stream().anyMatch(name -> name.startsWith(ASYNC_PROFILER));
    readConstants();
  }

  /** Unix nanoseconds. */
  public long startNanos() {
    return startNanos;
  }

  public long durationNanos() {
    return durationNanos;
  }

  /** Unix nanoseconds of a moment of the chunk's clock. */
  public long time(long ticks) {
    return startNanos + nanos(ticks - startTicks);
  }

  /** async-profiler wrote it, not the JDK; a file may have chunks of both. */
  public boolean isAsyncProfilers() {
    return asyncProfilers;
  }

  /** Nanoseconds of so many ticks of the chunk's clock. */
  public long nanos(long ticks) {
    return Math.round(ticks * nanosPerTick);
  }

  /** Name of the event type with a number, as settings refer to it; "" = there is none. */
  public String eventName(long id) {
    return eventNames.getOrDefault(id, "");
  }

  private void readConstants() throws MalformedRecordingException {
    ChunkBytes scan = constants.in();
    for (int at = HEADER; at < scan.bytes.length; ) {
      scan.seek(at);
      int end = end(scan, at);
      if (scan.varlong() == 1) {
        scan.limit = end;
        constants.checkpoint();
      }
      at = end;
    }
  }

  public void events(Visitor visitor) throws MalformedRecordingException {
    RecordedEvent event = new RecordedEvent();
    for (int at = HEADER; at < in.bytes.length; ) {
      in.seek(at);
      int end = end(in, at);
      EventLayout layout = layouts.get(in.varlong());
      if (layout != null) {
        in.limit = end;
        layout.read(in, constants, event);
        event.at(at);
        visitor.event(layout.kind, event);
      }
      at = end;
    }
  }

  private static int end(ChunkBytes in, int at) throws MalformedRecordingException {
    long size = in.varlong();
    if (size < in.at - at || size > in.bytes.length - at) {
      throw ChunkBytes.damaged("an event at byte " + at + " has the size " + size);
    }
    in.step();
    return at + (int) size;
  }

  /** Keys of all stacks, in no order. */
  public long[] stacks() {
    return constants.keys(Constants.STACK_TRACE);
  }

  /**
   * The frames of a stack, leaf first; none = not there.
   *
   * @param maxFrames those beyond are left out
   */
  public List<RawFrame> stack(long key, int maxFrames) throws MalformedRecordingException {
    List<long[]> found = new ArrayList<>();
    if (constants.find(Constants.STACK_TRACE, key)) {
      ChunkBytes at = constants.in();
      for (Type.Field field : constants.type(Constants.STACK_TRACE).fields) {
        if (field.name().equals("frames") && field.array() && !field.constant()) {
          int count = at.count();
          for (int i = 0; i < Math.min(count, maxFrames); i++) {
            found.add(frame(field.type(), at));
          }
          break;
        }
        Type.skip(field, at);
      }
    }
    List<RawFrame> frames = new ArrayList<>(found.size());
    for (long[] frame : found) {
      // An int as JFR writes it: −1 is there as 4,294,967,295.
      frames.add(method(frame[0]).at(Math.max(0, (int) frame[1])));
    }
    return frames;
  }

  /** Key of the method, and line. */
  private static long[] frame(Type type, ChunkBytes at) throws MalformedRecordingException {
    long[] frame = new long[2];
    for (Type.Field field : type.fields) {
      at.step();
      boolean number = !field.array() && (field.constant() || field.type().isNumber());
      if (number && field.name().equals("method")) {
        frame[0] = Type.number(field, at);
      } else if (number && field.name().equals("lineNumber")) {
        frame[1] = Type.number(field, at);
      } else {
        Type.skip(field, at);
      }
    }
    return frame;
  }

  private RawMethod method(long key) throws MalformedRecordingException {
    RawMethod known = methods.get(key);
    if (known == null) {
      long type = constants.number(Constants.METHOD, key, "type");
      known = new RawMethod(className(type), text(Constants.METHOD, key, "name", "[unknown]"));
      methods.put(key, known);
    }
    return known;
  }

  /** Internal name, with slashes; "" = not there. */
  public String className(long key) throws MalformedRecordingException {
    String known = classes.get(key);
    if (known == null) {
      known = text(Constants.CLASS, key, "name", "");
      classes.put(key, known);
    }
    return known;
  }

  /** A thread's Java name, else the one it has in the operating system; "" = not there. */
  public String threadName(long key) throws MalformedRecordingException {
    String name = text(Constants.THREAD, key, "javaName", "");
    return name.isEmpty() ? text(Constants.THREAD, key, "osName", "") : name;
  }

  /**
   * The name of a thread state, such as <code>STATE_RUNNABLE</code>; "" = the chunk does not have
   * it.
   */
  public String stateName(long key) throws MalformedRecordingException {
    return text(Constants.THREAD_STATE, key, "name", "");
  }

  private String text(String type, long key, String field, String fallback)
      throws MalformedRecordingException {
    @Nullable String text = constants.text(type, key, field);
    return text == null ? fallback : text;
  }
}
