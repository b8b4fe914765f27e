package dev.stoker.scrape.loop;

import dev.stoker.labels.Labels;
import dev.stoker.scrape.target.Target;
import dev.stoker.scrape.target.TargetFactory.Expanded;

/**
 * About how many bytes of the heap the loops of one label set keep, without the baselines, which
 * have a budget of their own. Measured on JDK 17 and 25, with objects aligned to 8 bytes and short
 * pointers.
 */
public final class LoopWeight {
  /** The label set in tables, and the reason when there is no target. */
  private static final long SET = 400;

  /**
   * A loop with its target, status, timer, and what it knows of the server's answers. The text of
   * an error is in it: a loop that is up now may be down later.
   */
  private static final long LOOP = 3_000;

  /** What subtracts, before there is anything to subtract. */
  private static final long DELTA = 800;

  /**
   * A profile that the target takes its time for, such as one of the CPU, has a connection of its
   * own nearly always. Others have one for moments.
   */
  public static final long CONNECTION = 13_000;

  /** Of the table of labels; most texts are shared with what is discovered. */
  private static final long LABEL = 8;

  /** A URL is kept as a whole and in its parts. */
  private static final int URL_COPIES = 3;

  static long of(Expanded expanded) {
    long bytes = SET;
    for (Target target : expanded.targets()) {
      Labels labels = target.labels();
      bytes += LOOP + target.key().length() + LABEL * labels.size();
      bytes += (long) URL_COPIES * target.url().toString().length();
      bytes += target.delta() == Target.DeltaMode.SUBTRACT ? DELTA : 0;
      bytes += target.plan().seconds() > 0 ? CONNECTION : 0;
    }
    return bytes;
  }

  private LoopWeight() {}
}
