package dev.stoker.jvm.recording;

import java.util.Arrays;

/**
 * Offsets in a chunk of the constants of one type, by their keys. A hash table with open
 * addressing, without boxed numbers.
 */
final class Positions {
  private long[] keys = new long[64];

  /** 0 = free: no constant stands in a chunk's header. */
  private int[] values = new int[64];

  private int size;

  void put(long key, int position) {
    if (size * 2 > keys.length) {
      grow();
    }
    int slot = slot(key);
    if (values[slot] == 0) {
      size++;
    }
    keys[slot] = key;
    values[slot] = position;
  }

  /** 0 = there is none. */
  int get(long key) {
    return values[slot(key)];
  }

  /** In no order. */
  long[] keys() {
    long[] used = new long[size];
    int count = 0;
    for (int slot = 0; slot < keys.length; slot++) {
      if (values[slot] != 0) {
        used[count++] = keys[slot];
      }
    }
    return used;
  }

  private int slot(long key) {
    int mask = keys.length - 1;
    long hash = key * 0x9e3779b97f4a7c15L;
    int slot = (int) (hash >>> 32) & mask;
    while (values[slot] != 0 && keys[slot] != key) {
      slot = slot + 1 & mask;
    }
    return slot;
  }

  private void grow() {
    long[] oldKeys = keys;
    int[] oldValues = values;
    keys = new long[oldKeys.length * 2];
    values = new int[keys.length];
    Arrays.fill(values, 0);
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldValues[i] != 0) {
        int slot = slot(oldKeys[i]);
        keys[slot] = oldKeys[i];
        values[slot] = oldValues[i];
      }
    }
  }
}
