package dev.stoker.jfr;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Stacks that events of later chunks may refer to. HotSpot takes the stack of a wait for a monitor
 * when the wait begins, and writes the event when it ends; if the chunk ends in between, the stack
 * is in the old chunk and the event in the new one. Ids are not used again while the JVM runs.
 * Holds the last {@value #MAX} of them. Not thread-safe.
 */
final class PendingStacks {
  private static final int MAX = 2048;

  private final Map<Integer, Stack> stacks =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, Stack> eldest) {
          return size() > MAX;
        }
      };

  @Nullable Stack get(int id) {
    return stacks.get(id);
  }

  /** Again is as new. */
  void put(int id, Stack stack) {
    stacks.remove(id);
    stacks.put(id, stack);
  }
}
