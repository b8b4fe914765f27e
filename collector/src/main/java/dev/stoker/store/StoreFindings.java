package dev.stoker.store;

import java.util.ArrayList;
import java.util.List;

/** What was wrong with a store's files at its start: for the log. One thread at a time. */
final class StoreFindings {
  private static final int REMARKS = 20;

  private final List<String> remarks = new ArrayList<>();
  private long lost;

  void remark(String text) {
    if (remarks.size() < REMARKS) {
      remarks.add(text);
    }
  }

  void lost(long profiles) {
    lost += profiles;
  }

  /** Profiles that were there and cannot be read, about. */
  long lost() {
    return lost;
  }

  List<String> remarks() {
    return List.copyOf(remarks);
  }

  boolean any() {
    return lost > 0 || !remarks.isEmpty();
  }
}
