package dev.stoker.pprof.wire;

import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.wire.Growable.Longs;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * A table from an id to the index of its entry: an array where ids are small, as all known writers
 * make them, or a hash map for sparse ones.
 */
public final class IdMap {
  private int[] dense = new int[0];
  private int denseSize;
  private Map<Long, Integer> sparse = Map.of();

  public void build(Longs ids) throws MalformedProfileException {
    long max = 0;
    for (int i = 0; i < ids.size; i++) {
      if (ids.at[i] == 0) {
        throw Cursor.malformed("a location or function has the id 0");
      }
      max = Math.max(max, ids.at[i] < 0 ? Long.MAX_VALUE : ids.at[i]);
    }
    if (max <= 4L * ids.size + 1024) {
      fillDense(ids, (int) max + 1);
    } else {
      fillSparse(ids);
    }
  }

  private void fillDense(Longs ids, int size) {
    sparse = Map.of();
    if (dense.length < size) {
      dense = new int[Math.max(size, dense.length * 2)];
    }
    denseSize = size;
    Arrays.fill(dense, 0, size, -1);
    for (int i = 0; i < ids.size; i++) {
      dense[(int) ids.at[i]] = i;
    }
  }

  private void fillSparse(Longs ids) {
    denseSize = 0;
    sparse = new HashMap<>();
    for (int i = 0; i < ids.size; i++) {
      sparse.put(ids.at[i], i);
    }
  }

  /** Ids below are in {@link #dense}; 0 = ids are sparse. */
  int denseSize() {
    return denseSize;
  }

  /** By id, the index of its entry, or −1. */
  int[] dense() {
    return dense;
  }

  /** −1 when there is no such entry. */
  public int index(long id) {
    if (id >= 0 && id < denseSize) {
      return dense[(int) id];
    }
    Integer index = sparse.isEmpty() ? null : sparse.get(id);
    return index == null ? -1 : index;
  }
}
