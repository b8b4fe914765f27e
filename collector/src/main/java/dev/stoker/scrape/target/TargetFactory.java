package dev.stoker.scrape.target;

import dev.stoker.discovery.DroppedTarget;
import dev.stoker.discovery.DroppedTarget.Reason;
import dev.stoker.labels.LabelNames;
import dev.stoker.labels.Labels;
import dev.stoker.scrape.target.Target.DeltaMode;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Discovered labels × enabled profile types → targets. Pure; one bad target never hurts another.
 * The label pipeline is Alloy's (its <code>target.go</code>) without its defects: parameters are
 * not shared, a target's <code>__param_*</code> beats the component's, a <code>?query</code> in a
 * path is a query.
 */
public final class TargetFactory {
  private final ScrapeConfig config;

  public TargetFactory(ScrapeConfig config) {
    this.config = config;
  }

  /**
   * The result for one label set alone.
   *
   * @param invalid why there are no targets; null = there are
   */
  public record Expanded(List<Target> targets, @Nullable DroppedTarget invalid) {}

  public Expanded expandOne(Labels labels) {
    try {
      return new Expanded(expand(labels), null);
    } catch (InvalidTarget invalid) {
      return new Expanded(List.of(), drop(labels, invalid.reason, invalid.detail));
    }
  }

  /** There is no memory for the loops of this label set. */
  public DroppedTarget leftOut(Labels labels, String why) {
    return drop(labels, Reason.LIMIT, why);
  }

  /** Which targets stay depends on how many there are. */
  public boolean isLimited() {
    return config.limits().targetLimit() > 0;
  }

  /**
   * The discovered list's order is the stable order: of duplicates and over limits, the first stay.
   */
  public Targets create(List<Labels> discovered) {
    return create(discovered, this::expandOne);
  }

  public Targets create(List<Labels> discovered, Function<Labels, Expanded> expander) {
    List<Target> active = new ArrayList<>();
    List<DroppedTarget> dropped = new ArrayList<>();
    Map<String, Target> winners = new HashMap<>();
    int kept = 0;
    for (Labels labels : discovered) {
      int limit = config.limits().targetLimit();
      if (limit > 0 && kept >= limit) {
        dropped.add(drop(labels, Reason.LIMIT, "target_limit = " + limit + " is reached"));
        continue;
      }
      Expanded expanded = expander.apply(labels);
      DroppedTarget invalid = expanded.invalid();
      if (invalid == null) {
        kept++;
        addUnique(expanded.targets(), winners, active, dropped);
      } else {
        dropped.add(invalid);
      }
    }
    return new Targets(active, dropped);
  }

  private void addUnique(
      List<Target> expanded,
      Map<String, Target> winners,
      List<Target> active,
      List<DroppedTarget> dropped) {
    for (Target target : expanded) {
      Target winner = winners.putIfAbsent(target.key(), target);
      if (winner == null) {
        active.add(target);
      } else {
        dropped.add(
            drop(
                target.discoveredLabels(),
                Reason.DUPLICATE,
                target.url()
                    + " ("
                    + target.type().key()
                    + ") is scraped already for the target "
                    + winner.discoveredLabels()));
      }
    }
  }

  private List<Target> expand(Labels discovered) throws InvalidTarget {
    Labels.Builder base = discovered.toBuilder();
    base.setIfAbsent(LabelNames.JOB, config.jobName());
    base.setIfAbsent(LabelNames.SCHEME, config.scheme());
    String scheme = base.get(LabelNames.SCHEME);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw new InvalidTarget(
          Reason.INVALID, "__scheme__ \"" + scheme + "\" is unknown; write http or https");
    }
    String hostPort = hostPort(discovered, scheme);
    base.setIfAbsent(LabelNames.INSTANCE, instance(discovered, hostPort));
    base.setIfAbsent(LabelNames.SERVICE_NAME, ServiceName.infer(discovered));
    Labels common = base.build();
    LabelRules.check(common, config.limits());

    OwnSettings own = OwnSettings.of(common, config);
    List<ProfileType> types = types(common);
    own.check(types);
    List<Target> targets = new ArrayList<>();
    for (ProfileType type : types) {
      targets.add(target(new Found(discovered, common, own), type, scheme + "://" + hostPort));
    }
    return targets;
  }

  /** A unix socket needs no address: then the host is localhost, as for other clients of these. */
  private String hostPort(Labels discovered, String scheme) throws InvalidTarget {
    String socket = discovered.get(LabelNames.UNIX_SOCKET);
    String written = discovered.get(LabelNames.ADDRESS);
    if (!socket.isEmpty()) {
      Optional<String> refused = config.sockets().refuses(socket);
      if (refused.isPresent()) {
        throw new InvalidTarget(Reason.INVALID, refused.get());
      }
      if (written.isEmpty()) {
        return "localhost";
      }
    }
    Address address = Address.parse(written, scheme);
    if (address instanceof Address.Invalid invalid) {
      throw new InvalidTarget(Reason.INVALID, invalid.message());
    }
    return ((Address.HostPort) address).value();
  }

  private static String instance(Labels discovered, String hostPort) {
    String socket = discovered.get(LabelNames.UNIX_SOCKET);
    boolean nameless = discovered.get(LabelNames.ADDRESS).isEmpty();
    return nameless && !socket.isEmpty() ? socket : hostPort;
  }

  /**
   * A target's own path wins over the component's; a type that is not enabled in the component has
   * its default path.
   */
  private List<ProfileType> types(Labels common) throws InvalidTarget {
    String asked = common.get(LabelNames.PROFILE_TYPES);
    if (asked.isEmpty() || config.source().type() != null) {
      return config.profileTypes();
    }
    List<ProfileType> types = new ArrayList<>();
    for (String key : asked.split(",", -1)) {
      ProfileType type =
          Stream.concat(config.profileTypes().stream(), ProfileType.BUILT_IN.stream())
              .filter(known -> known.key().equals(key.strip()))
              .findFirst()
              .orElseThrow(
                  () ->
                      new InvalidTarget(
                          Reason.INVALID,
                          "__profile_types__ names \""
                              + key
                              + "\", which is no profile type; write keys such as"
                              + " memory,process_cpu"));
      types.add(type);
    }
    return types;
  }

  /** The parts that all profile types of a target share. */
  private record Found(Labels discovered, Labels common, OwnSettings own) {}

  private Target target(Found found, ProfileType type, String process) throws InvalidTarget {
    Labels common = found.common();
    Labels.Builder labels = common.toBuilder();
    labels.setIfAbsent(LabelNames.PROFILE_PATH, type.path());
    labels.setIfAbsent(LabelNames.PROFILE_PATH_PREFIX, config.pathPrefix());
    labels.setIfAbsent(LabelNames.NAME, type.seriesName());
    TargetUrl builder =
        new TargetUrl(
                process,
                labels.get(LabelNames.PROFILE_PATH_PREFIX),
                labels.get(LabelNames.PROFILE_PATH),
                config.source().secondsParam())
            .params(config.source().params())
            .params(config.params());
    if (type.timed()) {
      builder.seconds(found.own().timing().seconds());
    }
    builder.paramLabels(common);
    URI url;
    try {
      url = builder.build();
    } catch (URISyntaxException bad) {
      throw new InvalidTarget(
          Reason.INVALID, "its URL \"" + bad.getInput() + "\" is invalid: " + bad.getReason());
    }
    Target.Plan plan = plan(found.own(), builder.seconds());
    String series = labels.get(LabelNames.NAME);
    DeltaMode delta = deltaMode(type, series, builder.seconds());
    String work = delta == DeltaMode.SUBTRACT ? " delta=" + series : "";
    String socket = common.get(LabelNames.UNIX_SOCKET);
    String over = socket.isEmpty() ? "" : " over " + socket;
    String kept = type.kept().isAll() ? "" : " " + type.kept().names();
    return new Target(
        config.component() + ' ' + type.key() + kept + ' ' + url + over + work + ' ' + plan,
        url,
        type,
        labels.build(),
        found.discovered(),
        process + over,
        plan,
        delta);
  }

  private static Target.Plan plan(OwnSettings own, long seconds) {
    Duration deadline = own.timing().timeout().plusSeconds(seconds);
    return new Target.Plan(
        own.timing().interval().toMillis(),
        seconds,
        deadline.toMillis(),
        own.maxBodySize(),
        own.maxInflatedSize() == 0 ? ScrapeLimits.MOST_INFLATED : own.maxInflatedSize());
  }

  /**
   * Go's cumulative endpoints answer a request with <code>seconds=</code> with a delta, which must
   * not be subtracted again.
   */
  private static DeltaMode deltaMode(ProfileType type, String seriesName, long seconds) {
    boolean cumulative =
        seriesName.equals("memory") || seriesName.equals("mutex") || seriesName.equals("block");
    return type.content() == Content.PPROF && cumulative && seconds == 0 && !type.godeltaprof()
        ? DeltaMode.SUBTRACT
        : DeltaMode.NONE;
  }

  private DroppedTarget drop(Labels discovered, Reason reason, String detail) {
    return new DroppedTarget(config.component(), discovered, reason, detail);
  }
}
