package dev.stoker.scrape.loop;

import dev.stoker.labels.LabelNames;
import dev.stoker.labels.Labels;
import dev.stoker.profile.Appender;
import dev.stoker.profile.ComponentBooks;
import dev.stoker.profile.Profile;
import dev.stoker.scrape.target.Target;
import dev.stoker.scrape.transform.NamedBody;
import dev.stoker.scrape.transform.ProfileTransform;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Hands the profiles of one body to the next component, and counts what became of each: the body
 * has been counted as one that came, and each profile of it leaves exactly once. On the control
 * context.
 */
final class HandOver {
  private final LoopParts parts;
  private final Target target;
  private final ScrapeMetrics metrics;
  private final Appender appender;
  private @Nullable Throwable thrown;

  HandOver(LoopParts parts, Target target) {
    this.parts = parts;
    this.target = target;
    this.metrics = parts.shared().metrics();
    this.appender = parts.shared().appender();
  }

  /**
   * @param scrapedAtMillis Unix milliseconds
   * @return what the next component has thrown, at last; null = nothing
   */
  @Nullable Throwable handOn(ProfileTransform.Transformed transformed, long scrapedAtMillis) {
    if (transformed.reset()) {
      metrics.reset();
    }
    boolean accepted = append(transformed.parts(), scrapedAtMillis);
    ProfileTransform transform = parts.transform();
    metrics.mended(transform.mends());
    transform.settle(accepted);
    if (!transform.detail().paused().isEmpty()) {
      metrics.paused();
    }
    if (accepted && transformed.gap()) {
      metrics.gap();
    }
    return thrown;
  }

  /** True = at least one was taken or left out, or there was nothing to take. */
  private boolean append(List<NamedBody> profiles, long scrapedAtMillis) {
    if (profiles.isEmpty()) {
      metrics.books().left(ComponentBooks.Outcome.EMPTY);
      return true;
    }
    // The body has been counted as one; the other profiles that it held are known only now.
    metrics.books().came(profiles.size() - 1);
    long origin = parts.verdict().nextScrape();
    Set<Labels> leftOut = parts.pushed().leftOut(target, ownNames(profiles));
    boolean accepted = false;
    for (NamedBody profile : profiles) {
      Labels labels = labels(profile);
      ComponentBooks.Outcome left =
          leftOut.contains(labels)
              ? ComponentBooks.Outcome.RULED_OUT
              : append(new Profile(labels, profile.body(), scrapedAtMillis, origin));
      metrics.books().left(left);
      accepted |=
          left == ComponentBooks.Outcome.OFFERED || left == ComponentBooks.Outcome.RULED_OUT;
    }
    return accepted;
  }

  private List<Labels> ownNames(List<NamedBody> profiles) {
    return profiles.stream().filter(one -> one.name() != null).map(this::labels).toList();
  }

  private ComponentBooks.Outcome append(Profile profile) {
    try {
      return appender.append(profile)
          ? ComponentBooks.Outcome.OFFERED
          : ComponentBooks.Outcome.REFUSED;
    } catch (Throwable bug) {
      parts.bug("handing on a profile of " + target.url(), bug);
      thrown = bug;
      return ComponentBooks.Outcome.FAILED;
    }
  }

  private Labels labels(NamedBody profile) {
    String name = profile.name();
    return name == null
        ? target.labels()
        : target.labels().toBuilder().set(LabelNames.NAME, name).build();
  }
}
