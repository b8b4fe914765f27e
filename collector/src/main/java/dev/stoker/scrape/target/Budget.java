package dev.stoker.scrape.target;

import dev.stoker.labels.LabelNames;
import java.time.Duration;
import java.util.List;

/**
 * How many processes of each group are scraped at a time.
 *
 * @param maxTargets of a group; 0 = not bounded by a number
 * @param percent of a group, rounded up; 0 = not bounded by a share
 * @param by the labels whose values make a group; none = all targets of the component are one
 * @param rotate how long a process has its turn; zero = for ever
 * @param shareLabel name of the label that says how much of a group is scraped; "" = there is none
 */
public record Budget(
    int maxTargets, int percent, List<String> by, Duration rotate, String shareLabel) {
  public static final List<String> DEFAULT_BY = List.of(LabelNames.SERVICE_NAME);
  public static final Duration DEFAULT_ROTATE = Duration.ofMinutes(5);

  /** All targets are scraped. */
  public static final Budget NONE = new Budget(0, 0, DEFAULT_BY, DEFAULT_ROTATE, "");

  public Budget {
    by = List.copyOf(by);
  }

  public boolean isSet() {
    return maxTargets > 0 || percent > 0;
  }

  /** How many of a group are scraped. */
  public int of(int processes) {
    long most = maxTargets > 0 ? maxTargets : ((long) processes * percent + 99) / 100;
    return (int) Math.min(processes, most);
  }

  /** A turn has no two scrapes of this interval for certain. */
  public boolean isShort(Duration interval) {
    return !rotate.isZero() && rotate.compareTo(interval.multipliedBy(2)) < 0;
  }

  /** What the user has written. */
  public String written() {
    return maxTargets > 0 ? "max_targets = " + maxTargets : "percent = " + percent;
  }
}
