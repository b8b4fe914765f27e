package dev.stoker.scrape.loop;

import dev.stoker.scrape.target.Target;
import dev.stoker.scrape.transform.TargetDetail;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A loop as the API shows it.
 *
 * @param source what runs in the target for it; "" = nothing
 * @param detail details that users should know in addition to the health
 * @param alsoPushed its service pushes a profile of it through this daemon too
 */
public record TargetView(
    String component,
    Target target,
    TargetStatus status,
    @Nullable Instant nextScrape,
    String source,
    TargetDetail detail,
    boolean alsoPushed) {

  /** A view for commands, which have no scraper. */
  public TargetView(
      String component, Target target, TargetStatus status, @Nullable Instant nextScrape) {
    this(component, target, status, nextScrape, "", TargetDetail.NONE, false);
  }
}
