package dev.stoker.otlp.decode;

/**
 * New ids for the entries of a table of the dictionary, from 1 in each profile. The numbers go on
 * through all profiles of a request, so that nothing has to be forgotten between two of them.
 */
final class LocalIds {
  private final int[] given;
  private int last;
  private int base;

  LocalIds(int entries) {
    this.given = new int[entries];
  }

  /** Another profile. */
  void begin() {
    base = last;
  }

  /** 0 = it has none yet. */
  int get(int entry) {
    return given[entry] > base ? given[entry] - base : 0;
  }

  /** Gives the entry the next id. */
  int give(int entry) {
    given[entry] = ++last;
    return last - base;
  }

  /** The next id, for something that is in no table. */
  int more() {
    return ++last - base;
  }

  /** Ids that this profile has. */
  int size() {
    return last - base;
  }
}
