package dev.stoker.jvm.stack;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A count and a sum by stack. Memory is bounded: past {@link #MAX_STACKS} what new stacks bring is
 * summed under one stack that says so. Not thread-safe.
 */
public final class StackValues {
  /** Stacks of one profile; a large service has some thousands. */
  public static final int MAX_STACKS = 20_000;

  public static final Stack OVERFLOW = new Stack(List.of(new Frame("[stacks over the limit]", 0)));

  /** Immutable. */
  public static final class Value {
    static final Value ZERO = new Value(0, 0);

    private final long count;
    private final long sum;

    /**
     * @param count events
     * @param sum what they amount to: bytes or nanoseconds
     */
    public Value(long count, long sum) {
      this.count = count;
      this.sum = sum;
    }

    public long count() {
      return count;
    }

    public long sum() {
      return sum;
    }

    Value plus(long moreCount, long moreSum) {
      return new Value(count + moreCount, sum + moreSum);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Value && count == ((Value) other).count && sum == ((Value) other).sum;
    }

    @Override
    public int hashCode() {
      return Long.hashCode(count * 31 + sum);
    }

    @Override
    public String toString() {
      return count + " events, " + sum;
    }
  }

  private final Map<Stack, Value> values;

  public StackValues() {
    this(new HashMap<>());
  }

  private StackValues(Map<Stack, Value> values) {
    this.values = values;
  }

  public void add(Stack stack, long count, long sum) {
    Stack key = values.size() < MAX_STACKS || values.containsKey(stack) ? stack : OVERFLOW;
    values.merge(key, new Value(count, sum), (old, more) -> old.plus(more.count(), more.sum()));
  }

  public StackValues copy() {
    return new StackValues(new HashMap<>(values));
  }

  /**
   * What this has more than an earlier copy of the same life; stacks with nothing more are left
   * out.
   */
  public StackValues minus(StackValues earlier) {
    StackValues difference = new StackValues();
    values.forEach(
        (stack, value) -> {
          Value before = earlier.values.getOrDefault(stack, Value.ZERO);
          if (!value.equals(before)) {
            difference.add(stack, value.count() - before.count(), value.sum() - before.sum());
          }
        });
    return difference;
  }

  public void forEach(BiConsumer<Stack, Value> visitor) {
    values.forEach(visitor);
  }

  public boolean isEmpty() {
    return values.isEmpty();
  }
}
