package dev.stoker.jvm;

import dev.stoker.jfr.Frame;
import dev.stoker.jfr.Stack;
import dev.stoker.jfr.StackValues;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The distinct stacks of one profile, within a bound on their number and on that of their frames.
 */
final class BoundedStacks {
  static final Stack OVER_LIMIT = new Stack(List.of(new Frame("[stacks over the limit]", 0)));
  static final Stack NO_STACK = new Stack(List.of(new Frame("[no stack]", 0)));

  /** 4 to 8 bytes each. */
  private static final long MAX_FRAMES_IN_ALL = 2_000_000;

  private final Map<Stack, Stack> known = new HashMap<>();
  private final long maxFrames;
  private long frames;

  BoundedStacks() {
    this(MAX_FRAMES_IN_ALL);
  }

  BoundedStacks(long maxFrames) {
    this.maxFrames = maxFrames;
  }

  /** An equal stack that is kept already, or this one, or the one that stands for too many. */
  Stack admit(Stack stack) {
    Stack same = known.get(stack);
    if (same != null) {
      return same;
    }
    int size = stack.frames().size();
    if (known.size() >= StackValues.MAX_STACKS || frames + size > maxFrames) {
      return OVER_LIMIT;
    }
    frames += size;
    known.put(stack, stack);
    return stack;
  }
}
