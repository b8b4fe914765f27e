package dev.stoker.pprof.delta;

/**
 * A hash table from the hash of a stack to the values of the cumulative sample types. It uses open
 * addressing in three arrays: a slot takes 12 bytes, and 8 more for each type. Each delta loop has
 * one, so its size is what thousands of loops cost.
 */
final class StackTable {
  private final int columns;
  private long[] keys;
  private int[] seen;
  private long[] values;
  private int size;

  StackTable(int columns, int expected) {
    this.columns = columns;
    int capacity = 32 + expected + expected / 3;
    keys = new long[capacity];
    seen = new int[capacity];
    values = new long[capacity * columns];
  }

  /** Bytes of heap that a table for so many stacks takes. */
  static long bytes(int columns, int expected) {
    return 120 + (32L + expected + expected / 3) * (12 + 8L * columns);
  }

  long bytes() {
    return 120 + keys.length * (12 + 8L * columns);
  }

  int capacity() {
    return keys.length;
  }

  /** Room for that many stacks, if most of them are known. */
  boolean fits(int stacks) {
    return Math.max(stacks, size) + 16 <= keys.length - keys.length / 5;
  }

  void clear(int slot) {
    for (int column = 0; column < columns; column++) {
      set(slot, column, 0);
    }
  }

  int size() {
    return size;
  }

  /** The slot of a stack, made when there is none; the slots of others may move then. */
  int slot(long hash) {
    long key = hash == 0 ? 1 : hash;
    int at = find(key);
    if (keys[at] == key) {
      return at;
    }
    if (size >= keys.length - keys.length / 5) {
      return -1;
    }
    keys[at] = key;
    size++;
    return at;
  }

  long value(int slot, int column) {
    return values[slot * columns + column];
  }

  void set(int slot, int column, long value) {
    values[slot * columns + column] = value;
  }

  /** A stack that was seen in that generation or later. */
  boolean holds(int slot, int since) {
    return keys[slot] != 0 && seen[slot] >= since;
  }

  boolean isZero(int slot) {
    for (int column = 0; column < columns; column++) {
      if (value(slot, column) != 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * True if any stack that was seen since has a lower value now; a missing one has 0.
   *
   * @param generation of what is there now
   * @param current a row for each slot: one value for each entry of <code>column</code>
   * @param column of this table for each sample type, −1 for none
   */
  boolean anyLower(int since, int generation, long[] current, int[] column) {
    for (int slot = 0; slot < keys.length; slot++) {
      for (int type = 0; type < column.length && holds(slot, since); type++) {
        long now = seen[slot] == generation ? current[slot * column.length + type] : 0;
        if (column[type] >= 0 && now < value(slot, column[type])) {
          return true;
        }
      }
    }
    return false;
  }

  long key(int slot) {
    return keys[slot];
  }

  int seen(int slot) {
    return seen[slot];
  }

  void mark(int slot, int generation) {
    seen[slot] = generation;
  }

  /** A larger table with the stacks that were seen since; others are forgotten. */
  StackTable rebuilt(int since, int expected) {
    StackTable copy = new StackTable(columns, Math.max(expected, size));
    for (int i = 0; i < keys.length; i++) {
      if (keys[i] != 0 && seen[i] >= since) {
        int at = copy.slot(keys[i]);
        copy.seen[at] = seen[i];
        System.arraycopy(values, i * columns, copy.values, at * columns, columns);
      }
    }
    return copy;
  }

  private int find(long key) {
    int at = (int) (((key >>> 32) * keys.length) >>> 32);
    while (keys[at] != 0 && keys[at] != key) {
      at = at + 1 == keys.length ? 0 : at + 1;
    }
    return at;
  }
}
