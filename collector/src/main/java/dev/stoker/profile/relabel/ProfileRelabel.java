package dev.stoker.profile.relabel;

import dev.stoker.labels.Labels;
import dev.stoker.profile.Appender;
import dev.stoker.profile.ComponentBooks;
import dev.stoker.profile.ComponentBooks.Outcome;
import dev.stoker.profile.Profile;
import dev.stoker.relabel.Relabeled;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * A running <code>pyroscope.relabel</code>. A profile that a rule drops counts as accepted: the
 * user wants it gone, so the baseline of its delta moves, and the next delta is not made to cover
 * what nobody wants. Control context only.
 */
public final class ProfileRelabel implements Appender {
  private final ProfileRelabelConfig config;
  private final Appender next;
  private final OutcomeCache outcomes;
  private final RelabelMetrics metrics;
  private final ComponentBooks books;
  private String lastDrop = "";

  /**
   * @param next where relabelled profiles go
   */
  public ProfileRelabel(ProfileRelabelConfig config, Appender next, MeterRegistry registry) {
    this.config = config;
    this.next = next;
    this.outcomes = new OutcomeCache(config.relabeler(), config.maxCacheSize());
    this.metrics = new RelabelMetrics(registry, config.component(), outcomes);
    this.books = new ComponentBooks(registry, config.component(), ComponentBooks.Entry.RECEIVED);
  }

  /** Its id, such as <code>pyroscope.relabel.default</code>. */
  public String component() {
    return config.component();
  }

  /** What became of the profiles that came. */
  public ComponentBooks books() {
    return books;
  }

  @Override
  public boolean append(Profile profile) {
    metrics.processed();
    books.came(1);
    Outcome left = settle(profile);
    books.left(left);
    return left == Outcome.OFFERED || left == Outcome.RULED_OUT;
  }

  /** A bug costs one profile of one sender, which is told that nobody took it. */
  private Outcome settle(Profile profile) {
    try {
      return relabelled(profile);
    } catch (Throwable thrown) {
      books.bug("relabelling a profile", thrown, System.nanoTime());
      return Outcome.FAILED;
    }
  }

  private Outcome relabelled(Profile profile) {
    Relabeled outcome = outcomes.of(profile.labels());
    if (outcome instanceof Relabeled.Kept kept) {
      return forward(profile, kept.labels());
    }
    if (outcome instanceof Relabeled.Dropped dropped) {
      return drop(RelabelMetrics.Reason.RULE, dropped.rule(), dropped.detail());
    }
    Relabeled.TooLarge large = (Relabeled.TooLarge) outcome;
    return drop(RelabelMetrics.Reason.TOO_LARGE, large.rule(), large.detail());
  }

  /** A set without a label left is no series, as in Prometheus. */
  private Outcome forward(Profile profile, Labels labels) {
    if (labels.isEmpty()) {
      return drop(RelabelMetrics.Reason.EMPTY, config.relabeler().rules().size(), "no label left");
    }
    boolean accepted = next.append(new Profile(labels, profile.body(), profile.scrapedAtMillis()));
    if (accepted) {
      metrics.written();
    }
    return accepted ? Outcome.OFFERED : Outcome.REFUSED;
  }

  private Outcome drop(RelabelMetrics.Reason reason, int rule, String detail) {
    metrics.dropped(reason);
    lastDrop = "rule " + rule + ": " + detail;
    return Outcome.RULED_OUT;
  }

  /** What has passed and what not, with the reason of the last drop; for people. */
  public String summary() {
    long dropped = metrics.droppedCount();
    return metrics.writtenCount()
        + " profiles forwarded, "
        + dropped
        + " dropped"
        + (dropped == 0 ? "" : "; the last by " + lastDrop);
  }

  /** Takes its metrics away. Idempotent. */
  public void stop() {
    metrics.close();
    books.close();
  }
}
