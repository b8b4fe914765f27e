package dev.stoker.otlp.decode;

/**
 * Samples in the order of their services.
 *
 * @param order numbers of samples
 * @param start by service, where its samples begin in the order, and where the last one's end
 */
record Ranks(int[] order, int[] start) {
  /**
   * @param serviceOf by sample
   */
  static Ranks of(int[] serviceOf, int services) {
    int[] start = new int[services + 1];
    for (int service : serviceOf) {
      start[service + 1]++;
    }
    for (int i = 0; i < services; i++) {
      start[i + 1] += start[i];
    }
    int[] next = start.clone();
    int[] order = new int[serviceOf.length];
    for (int i = 0; i < serviceOf.length; i++) {
      order[next[serviceOf[i]]++] = i;
    }
    return new Ranks(order, start);
  }
}
