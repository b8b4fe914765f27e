package dev.stoker.jvm.chunk;

import dev.stoker.jvm.stack.Stack;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Stacks that events of later chunks may refer to. HotSpot takes the stack of a wait for a monitor
 * when the wait begins, and writes the event when it ends; if the chunk ends in between, the stack
 * is in the old chunk and the event in the new one. Ids are not used again while the JVM runs. Not
 * thread-safe.
 */
public final class PendingStacks {
  private final int max;

  private final Map<Long, Stack> stacks =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Stack> eldest) {
          return size() > max;
        }
      };

  /**
   * @param max so many are held, the last ones
   */
  public PendingStacks(int max) {
    this.max = max;
  }

  public int max() {
    return max;
  }

  public @Nullable Stack get(long id) {
    return stacks.get(id);
  }

  /** Again is as new. */
  public void put(long id, Stack stack) {
    stacks.remove(id);
    stacks.put(id, stack);
  }
}
