package dev.stoker.jfr;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import one.jfr.ClassRef;
import one.jfr.JfrReader;
import one.jfr.MethodRef;
import one.jfr.StackTrace;

/** Resolves one chunk's stack trace ids; each distinct stack and method once. */
final class ChunkStacks {
  private static final String UNKNOWN = "[unknown]";

  private final JfrReader reader;
  private final Map<Frame, Frame> shared;
  private final Map<Integer, Stack> stacks = new HashMap<>();
  private final Map<Long, String> functions = new HashMap<>();

  /**
   * @param shared frames that outlive the chunk, so that equal ones are held once
   */
  ChunkStacks(JfrReader reader, Map<Frame, Frame> shared) {
    this.reader = reader;
    this.shared = shared;
  }

  Stack stack(int id) {
    return stacks.computeIfAbsent(id, this::resolve);
  }

  private Stack resolve(int id) {
    StackTrace trace = reader.stackTraces.get(id);
    if (trace == null || trace.methods.length == 0) {
      return new Stack(List.of(new Frame(UNKNOWN, 0)));
    }
    List<Frame> frames = new ArrayList<>(trace.methods.length);
    for (int i = 0; i < trace.methods.length; i++) {
      Frame frame = new Frame(function(trace.methods[i]), trace.locations[i] >>> 16);
      Frame known = shared.putIfAbsent(frame, frame);
      frames.add(known == null ? frame : known);
    }
    return new Stack(frames);
  }

  private String function(long methodId) {
    return functions.computeIfAbsent(methodId, this::name);
  }

  private String name(long methodId) {
    MethodRef method = reader.methods.get(methodId);
    if (method == null) {
      return UNKNOWN;
    }
    ClassRef type = reader.classes.get(method.cls);
    return FrameNames.of(type == null ? UNKNOWN : symbol(type.name), symbol(method.name));
  }

  private String symbol(long id) {
    byte[] text = reader.symbols.get(id);
    return text == null ? UNKNOWN : new String(text, StandardCharsets.UTF_8);
  }
}
