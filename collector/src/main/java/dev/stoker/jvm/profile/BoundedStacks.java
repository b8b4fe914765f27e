package dev.stoker.jvm.profile;

import dev.stoker.jvm.stack.Frame;
import dev.stoker.jvm.stack.Stack;
import dev.stoker.jvm.stack.StackValues;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The different stacks of one profile, within bounds on their number, on the number of their
 * frames, and on the characters of all names in them.
 */
public final class BoundedStacks {
  public static final Stack OVER_LIMIT =
      new Stack(List.of(new Frame("[stacks over the limit]", 0)));
  public static final Stack NO_STACK = new Stack(List.of(new Frame("[no stack]", 0)));

  /** 4 to 8 bytes each. */
  private static final long MAX_FRAMES_IN_ALL = 2_000_000;

  /** 1 or 2 bytes each, once for every distinct name. */
  public static final long MAX_CHARACTERS = 4_000_000;

  private final Map<Stack, Stack> known = new HashMap<>();
  private final Map<Frame, Frame> names = new HashMap<>();
  private long frames;
  private long characters;
  private long over;

  /** An equal stack that is kept already, or this one, or the one that stands for too many. */
  public Stack admit(Stack stack) {
    Stack same = known.get(stack);
    if (same != null) {
      return same;
    }
    List<Frame> frames = stack.frames();
    long more = 0;
    for (Frame frame : frames) {
      more += names.containsKey(frame) ? 0 : frame.function().length();
    }
    if (known.size() >= StackValues.MAX_STACKS
        || this.frames + frames.size() > MAX_FRAMES_IN_ALL
        || characters + more > MAX_CHARACTERS) {
      over++;
      return OVER_LIMIT;
    }
    this.frames += frames.size();
    characters += more;
    Stack kept = new Stack(frames.stream().map(this::shared).toList());
    known.put(kept, kept);
    return kept;
  }

  /** One object for all equal frames: what is kept of them is counted once. */
  private Frame shared(Frame frame) {
    Frame same = names.putIfAbsent(frame, frame);
    return same == null ? frame : same;
  }

  /** How many came for which there was no room. */
  public long over() {
    return over;
  }

  /** About what all of it takes of the heap. */
  public long bytes() {
    return known.size() * 120L + frames * 8 + names.size() * 120L + characters * 2;
  }
}
