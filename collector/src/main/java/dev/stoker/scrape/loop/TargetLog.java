package dev.stoker.scrape.loop;

import dev.stoker.concurrent.LogBursts;
import dev.stoker.concurrent.Timers;
import dev.stoker.scrape.target.Target;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Logs when targets of one component go down or come back. When very many do so at once, because a
 * node or a network went away, one line gives their number and the reasons. Owned by the control
 * context.
 */
final class TargetLog {
  private static final Logger log = LoggerFactory.getLogger(ScrapeLoop.class);
  private static final String DOWN = "targets are down";
  private static final String UP = "targets are up again";
  private static final String REFUSED = "targets have profiles that are refused for good";
  private static final String TAKEN = "targets have profiles that are taken again";

  private static final String PUSHED = "targets have profiles that are pushed too";
  private static final String NOT_PUSHED = "targets have profiles that are no longer pushed too";

  private final String component;
  private final LogBursts bursts;

  TargetLog(String component, Timers timers) {
    this.component = component;
    this.bursts = new LogBursts(timers, this::more);
  }

  void down(Target target, @Nullable String error) {
    bursts.tell(
        DOWN,
        error,
        () ->
            log.atWarn()
                .addKeyValue("url", shown(target))
                .addKeyValue("profile_type", target.type().key())
                .addKeyValue("error", error)
                .log("target is down"));
  }

  void up(Target target) {
    bursts.tell(UP, null, () -> line(target, "target is up again"));
  }

  void refused(Target target, Collection<String> endpoints, String answer) {
    List<String> by = List.copyOf(endpoints);
    bursts.tell(
        REFUSED,
        answer,
        () ->
            log.atWarn()
                .addKeyValue("url", shown(target))
                .addKeyValue("profile_type", target.type().key())
                .addKeyValue("endpoints", by)
                .addKeyValue("answer", answer)
                .log("profiles of a target are refused for good"));
  }

  void taken(Target target) {
    bursts.tell(TAKEN, null, () -> line(target, "profiles of a target are taken again"));
  }

  /**
   * @param skipped it is not scraped meanwhile
   */
  void pushed(Target target, boolean skipped) {
    bursts.tell(
        PUSHED,
        null,
        () ->
            log.atWarn()
                .addKeyValue("url", shown(target))
                .addKeyValue("profile_type", target.type().key())
                .log(
                    skipped
                        ? "profiles of a target are pushed too, so they are not scraped meanwhile"
                        : "profiles of a target are pushed too, so they arrive twice; when_pushed ="
                            + " skip would leave them out"));
  }

  void pushedNoMore(Target target) {
    bursts.tell(
        NOT_PUSHED, null, () -> line(target, "profiles of a target are no longer pushed too"));
  }

  private static String shown(Target target) {
    String socket = target.socket();
    return socket.isEmpty() ? target.url().toString() : target.url() + " over " + socket;
  }

  private static void line(Target target, String message) {
    log.atInfo()
        .addKeyValue("url", shown(target))
        .addKeyValue("profile_type", target.type().key())
        .log(message);
  }

  private void more(String kind, int more, String reasons) {
    boolean bad = kind.equals(DOWN) || kind.equals(REFUSED) || kind.equals(PUSHED);
    String health = kind.equals(DOWN) ? "down" : kind.equals(REFUSED) ? "refused" : "up";
    log.atLevel(bad ? Level.WARN : Level.INFO)
        .addKeyValue("component", component)
        .addKeyValue("targets", more)
        .addKeyValue("reasons", reasons)
        .addKeyValue("see", "/api/v1/targets?component=" + component + "&health=" + health)
        .log("more " + kind + ", each target × profile type counted as one");
  }

  /** Tells what has not been told yet. */
  void close() {
    bursts.flush();
  }
}
