package dev.stoker.scrape.component;

import dev.stoker.component.Services;
import dev.stoker.files.FileLimit;
import dev.stoker.scrape.loop.LoopWeight;
import dev.stoker.scrape.loop.TargetView;
import java.util.List;

/**
 * How many connections to targets there may be, by the heap and by the limit of open files.
 *
 * @param slots scrapes at once, besides those of profiles that the target takes its time for
 * @param kept connections that stay open for the next scrape
 */
public record Connections(int slots, int kept) {
  /** Files that are no connections to targets. */
  private static final long OTHER_FILES = 512;

  /** With fewer than this nothing would come forward. */
  private static final long LEAST = 32;

  /** Those of the daemon. */
  public static Connections of(Services services) {
    return services.shared(
        Connections.class, known -> of(known.heap("connections"), FileLimit.ofProcess()));
  }

  /**
   * @param heap bytes for all of them
   * @param files that the process may open; 0 or less = not known
   */
  static Connections of(long heap, long files) {
    long byFiles = files <= 0 ? Integer.MAX_VALUE : (files - OTHER_FILES) / 2;
    int all = (int) Math.max(LEAST, Math.min(heap / LoopWeight.CONNECTION, byFiles));
    return new Connections(all - all / 2, all / 2);
  }

  /** How many may be open for such targets, with those of timed profiles. */
  public int mostOf(List<TargetView> targets) {
    long timed = targets.stream().filter(view -> view.target().plan().seconds() > 0).count();
    return (int) Math.min(targets.size(), timed + all());
  }

  int all() {
    return slots + kept;
  }
}
