package dev.stoker.profile;

import dev.stoker.labels.LabelNames;
import dev.stoker.labels.Labels;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Remembers which profiles are pushed, and from where, so that a scrape of the same ones can be
 * told. A name of a service alone tells nothing, since any client can write it: the sender must
 * have the address of the target, or both must name the same container or pod. Of all that is
 * pushed, the series of the last {@link #MOST} senders are remembered. Owned by the control
 * context.
 */
public final class PushedProfiles {
  private static final int MOST = 20_000;

  /** Two pushes that are further apart are no rhythm. */
  private static final long LONGEST_MILLIS = 600_000;

  /** The labels by which discovery and senders name a container; the first one counts. */
  private static final List<String> CONTAINERS =
      List.of(
          "__meta_kubernetes_pod_container_id",
          "__meta_docker_container_id",
          "__container_id__",
          "container_id",
          "container.id");

  private static final List<String> NAMESPACES =
      List.of(
          "__meta_kubernetes_namespace", "namespace", "k8s_namespace_name", "k8s.namespace.name");

  private static final List<String> PODS =
      List.of("__meta_kubernetes_pod_name", "pod", "k8s_pod_name", "k8s.pod.name");

  /**
   * Texts of clients, of which only this is kept: 128 bits of their SHA-256, as a client may send
   * any number of long ones.
   */
  private record Digest(long high, long low) implements Comparable<Digest> {
    @Override
    public int compareTo(Digest other) {
      int first = Long.compare(high, other.high);
      return first == 0 ? Long.compare(low, other.low) : first;
    }
  }

  /**
   * Of a service, a name of a profile, and where it comes from: an address, a container or a pod.
   */
  private record Series(Digest service, Digest all) implements Comparable<Series> {
    @Override
    public int compareTo(Series other) {
      return all.compareTo(other.all);
    }
  }

  /**
   * @param everyMillis the time between the last two pushes, 0 = there was one
   */
  private record Pushed(long lastMillis, long everyMillis) {}

  /** How many series each service has. */
  private final Map<Digest, Integer> services = new HashMap<>();

  private final MessageDigest sha256 = sha256();

  private final Map<Series, Pushed> pushed =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Series, Pushed> eldest) {
          boolean full = size() > MOST;
          if (full) {
            services.computeIfPresent(
                eldest.getKey().service(), (key, count) -> count == 1 ? null : count - 1);
          }
          return full;
        }
      };

  /**
   * A profile was pushed and taken.
   *
   * @param labels the sender's own, with its address
   */
  public void pushed(Labels labels, long nowMillis) {
    List<String> origins = origins(labels);
    String address = labels.get(LabelNames.PEER_ADDRESS);
    if (!address.isEmpty()) {
      origins.add(address);
    }
    for (String origin : origins) {
      Series series = series(labels, origin);
      Pushed before = pushed.get(series);
      if (before == null) {
        services.merge(series.service(), 1, Integer::sum);
      }
      pushed.put(series, after(before, nowMillis));
    }
  }

  private static Pushed after(@Nullable Pushed before, long nowMillis) {
    if (before == null) {
      return new Pushed(nowMillis, 0);
    }
    long every = nowMillis - before.lastMillis();
    // The parts of one upload come together: they are no rhythm either.
    boolean rhythm = every >= 1_000 && every <= LONGEST_MILLIS;
    return new Pushed(nowMillis, rhythm ? every : before.everyMillis());
  }

  /** True when anything of the service is pushed: only then {@link #isPushed} may be. */
  public boolean knows(Labels target) {
    return !services.isEmpty() && services.containsKey(digest(target.get(LabelNames.SERVICE_NAME)));
  }

  /**
   * True when the target, or another profile of it, is pushed too: within the last two intervals,
   * its own or the sender's, whichever are longer.
   *
   * @param profile the labels of the profile that is scraped
   * @param discovered the labels of its target as discovery gave them
   * @param addresses of the target's host
   */
  public boolean isPushed(
      Labels profile, Labels discovered, List<String> addresses, Moment moment) {
    List<String> origins = origins(discovered);
    origins.addAll(origins(profile));
    origins.addAll(addresses);
    for (String origin : origins) {
      Pushed found = pushed.get(series(profile, origin));
      if (found != null && moment.isNear(found)) {
        return true;
      }
    }
    return false;
  }

  /**
   * When it is asked.
   *
   * @param nowMillis Unix milliseconds
   * @param intervalMillis of the scrapes
   */
  public record Moment(long nowMillis, long intervalMillis) {
    private boolean isNear(Pushed last) {
      return nowMillis - last.lastMillis() <= 2 * Math.max(intervalMillis, last.everyMillis());
    }
  }

  private Series series(Labels labels, String origin) {
    String service = labels.get(LabelNames.SERVICE_NAME);
    return new Series(digest(service), digest(service, name(labels), origin));
  }

  private Digest digest(String... texts) {
    for (String text : texts) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      sha256.update(ByteBuffer.allocate(4).putInt(bytes.length).array());
      sha256.update(bytes);
    }
    ByteBuffer hash = ByteBuffer.wrap(sha256.digest());
    return new Digest(hash.getLong(), hash.getLong());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }

  /** Go's SDK calls <code>goroutines</code> what is scraped as <code>goroutine</code>. */
  private static String name(Labels labels) {
    String name = labels.get(LabelNames.NAME);
    return name.equals("goroutines") ? "goroutine" : name;
  }

  private static List<String> origins(Labels labels) {
    List<String> origins = new ArrayList<>();
    String container = first(labels, CONTAINERS);
    if (!container.isEmpty()) {
      origins.add("container " + container.substring(container.lastIndexOf('/') + 1));
    }
    String pod = first(labels, PODS);
    if (!pod.isEmpty()) {
      origins.add("pod " + first(labels, NAMESPACES) + "/" + pod);
    }
    return origins;
  }

  private static String first(Labels labels, List<String> names) {
    for (String name : names) {
      String value = labels.get(name);
      if (!value.isEmpty()) {
        return value;
      }
    }
    return "";
  }
}
