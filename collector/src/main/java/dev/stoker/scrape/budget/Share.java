package dev.stoker.scrape.budget;

import java.util.List;

/** How much of a group is scraped, in few steps, so that it can be a label. */
final class Share {
  private static final List<Integer> STEPS = List.of(1, 2, 5, 10, 20, 50, 100);

  /**
   * The nearest step by ratio: 3 % is 2 % and 4 % is 5 %.
   *
   * @param all at least one
   * @return percent
   */
  static int of(int chosen, int all) {
    double percent = 100.0 * chosen / all;
    int nearest = STEPS.get(0);
    for (int step : STEPS) {
      if (ratio(step, percent) < ratio(nearest, percent)) {
        nearest = step;
      }
    }
    return nearest;
  }

  private static double ratio(int step, double percent) {
    return Math.max(step / percent, percent / step);
  }

  private Share() {}
}
