package dev.stoker.scrape.loop;

import dev.stoker.concurrent.LogBursts;
import dev.stoker.concurrent.Timers;
import dev.stoker.labels.Labels;
import dev.stoker.profile.PushedProfiles;
import dev.stoker.scrape.target.Target;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells which of the profiles that are scraped are pushed through this daemon too. Targets are
 * known by names, as a rule, and senders by addresses: so the name of a target is resolved when
 * something of its service is pushed, one name at a time. Owned by the control context.
 */
public final class Pushers {
  private static final Logger log = LoggerFactory.getLogger(Pushers.class);
  private static final int MOST_HOSTS = 10_000;
  private static final long FRESH_MILLIS = 60_000;
  private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|.*:.*");
  private static final String UNKNOWN =
      "targets have a name that cannot be resolved, so it is not known whether they are pushed too";

  private final PushedProfiles pushed;
  private final Function<String, Future<List<String>>> resolve;
  private final Timers timers;
  private final LogBursts bursts;
  private final Queue<String> due = new ArrayDeque<>();
  private boolean asking;
  private final Map<String, Host> hosts =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Host> eldest) {
          return size() > MOST_HOSTS;
        }
      };

  /**
   * What is known of a name.
   *
   * @param staleMillis from then on it is to be asked for again
   * @param waits it is in the line, or is asked for
   */
  private record Host(List<String> addresses, long staleMillis, boolean waits, boolean failed) {
    static final Host NEW = new Host(List.of(), 0, false, false);

    Host waiting() {
      return new Host(addresses, staleMillis, true, failed);
    }
  }

  /**
   * @param resolve a name to its addresses; completes on the control context
   */
  public Pushers(
      PushedProfiles pushed, Function<String, Future<List<String>>> resolve, Timers timers) {
    this.pushed = pushed;
    this.resolve = resolve;
    this.timers = timers;
    this.bursts =
        new LogBursts(
            timers,
            (kind, more, reasons) ->
                log.atWarn()
                    .addKeyValue("targets", more)
                    .addKeyValue("reasons", reasons)
                    .log("more " + kind));
  }

  /**
   * True when its service pushes it too. Where the address of a target is not known yet, it may be
   * false until the next scrape.
   *
   * @param profile the labels of the profile
   */
  boolean push(Target target, Labels profile) {
    if (!pushed.knows(profile)) {
      return false;
    }
    long now = timers.wallMillis();
    return pushed.isPushed(
        profile,
        target.discoveredLabels(),
        addresses(target.url().getHost(), now),
        new PushedProfiles.Moment(now, target.plan().intervalMillis()));
  }

  private List<String> addresses(String written, long now) {
    String name = written.startsWith("[") ? written.substring(1, written.length() - 1) : written;
    if (ADDRESS.matcher(name).matches()) {
      return List.of(name);
    }
    Host known = hosts.getOrDefault(name, Host.NEW);
    if (!known.waits() && now >= known.staleMillis() && due.size() < MOST_HOSTS) {
      hosts.put(name, known.waiting());
      due.add(name);
      ask();
    }
    return hosts.getOrDefault(name, known).addresses();
  }

  private void ask() {
    String name = asking ? null : due.poll();
    if (name != null) {
      asking = true;
      resolve
          .apply(name)
          .onComplete(
              done -> {
                asking = false;
                answered(name, done.succeeded() ? done.result() : null, done.cause());
                ask();
              });
    }
  }

  private void answered(String name, @Nullable List<String> found, @Nullable Throwable failure) {
    Host before = hosts.getOrDefault(name, Host.NEW);
    List<String> addresses = found == null ? before.addresses() : new ArrayList<>(found);
    long stale = timers.wallMillis() + FRESH_MILLIS;
    hosts.put(name, new Host(List.copyOf(addresses), stale, false, found == null));
    if (found == null && !before.failed()) {
      String reason = String.valueOf(failure);
      bursts.tell(
          UNKNOWN,
          reason,
          () ->
              log.atWarn()
                  .addKeyValue("host", name)
                  .addKeyValue("error", reason)
                  .log(
                      "the name of a target cannot be resolved, so it is not known whether its"
                          + " profiles are pushed too"));
    }
  }
}
