package dev.stoker.scrape.loop;

import dev.stoker.concurrent.Timers;
import dev.stoker.labels.Labels;
import dev.stoker.profile.PushedProfiles;
import dev.stoker.scrape.target.Target;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Tells which of the profiles that are scraped are pushed through this daemon too. Targets are
 * known by names, as a rule, and senders by addresses: so the name of a target is resolved when
 * something of its service is pushed. Owned by the control context.
 */
public final class Pushers {
  private static final int MOST_HOSTS = 4_096;
  private static final long FRESH_MILLIS = 60_000;

  private final PushedProfiles pushed;
  private final Function<String, Future<List<String>>> resolve;
  private final Timers timers;
  private final Map<String, Host> hosts =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Host> eldest) {
          return size() > MOST_HOSTS;
        }
      };

  /** The addresses of a name, and since when they are known or asked for. */
  private record Host(List<String> addresses, long sinceMillis) {}

  /**
   * @param resolve a host's name or address to its addresses; completes on the control context
   */
  public Pushers(
      PushedProfiles pushed, Function<String, Future<List<String>>> resolve, Timers timers) {
    this.pushed = pushed;
    this.resolve = resolve;
    this.timers = timers;
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
    Host known = hosts.get(name);
    if (known == null || now - known.sinceMillis() > FRESH_MILLIS) {
      List<String> before = known == null ? List.of(name) : known.addresses();
      hosts.put(name, new Host(before, now));
      resolve.apply(name).onSuccess(found -> resolved(name, found));
      known = hosts.get(name);
    }
    return known == null ? List.of() : known.addresses();
  }

  private void resolved(String name, List<String> found) {
    List<String> addresses = new ArrayList<>(found);
    addresses.add(name);
    hosts.put(name, new Host(List.copyOf(addresses), timers.wallMillis()));
  }
}
