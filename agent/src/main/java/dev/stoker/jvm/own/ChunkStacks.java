package dev.stoker.jvm.own;

import dev.stoker.jvm.chunk.PendingStacks;
import dev.stoker.jvm.stack.Frame;
import dev.stoker.jvm.stack.FrameNames;
import dev.stoker.jvm.stack.Stack;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import one.jfr.ClassRef;
import one.jfr.JfrReader;
import one.jfr.MethodRef;
import one.jfr.StackTrace;

/**
 * Resolves one chunk's stack trace ids; each distinct stack and method once. What the chunk does
 * not hold may be in {@link PendingStacks}.
 */
final class ChunkStacks {
  private static final String UNKNOWN = "[unknown]";

  /** jfr-converter keeps 16 bits of a line, as class files do; this is what it makes of −1. */
  private static final int NO_LINE = 0xffff;

  private final JfrReader reader;
  private final Map<Frame, Frame> shared;
  private final PendingStacks pending;
  private final Map<Integer, Stack> stacks = new HashMap<>();
  private final Map<Long, String> functions = new HashMap<>();

  /**
   * @param shared frames that outlive the chunk, so that equal ones are held once
   * @param pending of the chunks before; gets those of this one at {@link #end}
   */
  ChunkStacks(JfrReader reader, Map<Frame, Frame> shared, PendingStacks pending) {
    this.reader = reader;
    this.shared = shared;
    this.pending = pending;
  }

  Stack stack(int id) {
    return stacks.computeIfAbsent(id, this::resolve);
  }

  /**
   * Of an event that began by taking its stack, so that the next may refer to it from a later
   * chunk.
   */
  Stack early(int id) {
    Stack stack = stack(id);
    pending.put(id, stack);
    return stack;
  }

  /** No event is left: a stack to which none referred belongs to one that still goes on. */
  void end() {
    reader.stackTraces.forEach(
        (id, trace) -> {
          if (trace.methods.length > 0 && !stacks.containsKey((int) id)) {
            pending.put((int) id, resolve((int) id));
          }
        });
  }

  private Stack resolve(int id) {
    StackTrace trace = reader.stackTraces.get(id);
    if (trace == null || trace.methods.length == 0) {
      Stack earlier = pending.get(id);
      return earlier == null ? new Stack(List.of(new Frame(UNKNOWN, 0))) : earlier;
    }
    List<Frame> frames = new ArrayList<>(trace.methods.length);
    for (int i = 0; i < trace.methods.length; i++) {
      int line = trace.locations[i] >>> 16;
      Frame frame = new Frame(function(trace.methods[i]), line == NO_LINE ? 0 : line);
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
