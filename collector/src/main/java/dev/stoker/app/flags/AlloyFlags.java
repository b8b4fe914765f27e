package dev.stoker.app.flags;

import static dev.stoker.app.flags.AlloyFlag.Fate.NOTED;
import static dev.stoker.app.flags.AlloyFlag.Fate.REFUSED;
import static dev.stoker.app.flags.AlloyFlag.Fate.TAKEN;
import static dev.stoker.app.flags.AlloyFlag.Fate.WARNED;

import java.util.List;
import java.util.Optional;

/**
 * All flags of <code>alloy run</code>, as its reference of version 1.20 lists them, the deprecated
 * ones too. <code>docs/coming-from-alloy.md</code> has the same table.
 */
public final class AlloyFlags {
  private static final String NO_CLUSTER = "clustering is not there yet";
  private static final String NO_CONVERTER = "no other format is converted here";
  private static final String NO_METRICS = "metrics are not collected here";

  private static final List<AlloyFlag> ALL =
      List.of(
          text("server.http.listen-addr", TAKEN, "--listen"),
          text("storage.path", TAKEN, "--storage"),
          flag(
              "server.http.enable-pprof",
              "true",
              NOTED,
              "`/debug/pprof` stays on; who may use it follows from `stoker.http`"),
          text(
              "server.http.memory-addr",
              NOTED,
              "there is no traffic in memory; Stoker scrapes itself at its own address"),
          new AlloyFlag(
              "server.http.ui-path-prefix",
              false,
              "/",
              NOTED,
              "the pages stay at `/`; a proxy before Stoker has to take the prefix off"),
          flag(
              "server.http.disable-support-bundle",
              "false",
              NOTED,
              "the support bundle stays on; who may fetch it follows from `stoker.http`"),
          flag(
              "server.http.enable-graphql",
              "false",
              NOTED,
              "there is no GraphQL; `/api/v1` answers such questions"),
          flag(
              "server.http.enable-graphql-playground",
              "false",
              NOTED,
              "there is no GraphQL; `/api/v1` answers such questions"),
          flag("disable-reporting", "true", NOTED, "Stoker reports nothing to anybody"),
          text(
              "stability.level",
              NOTED,
              "there are no levels of stability; all that is documented may be used"),
          flag(
              "cluster.enabled",
              "false",
              WARNED,
              NO_CLUSTER
                  + ": this Stoker scrapes all that it discovers. Run one, or let each discover its"
                  + " own node with `own_node = true`"),
          text("cluster.node-name", NOTED, NO_CLUSTER),
          text("cluster.join-addresses", NOTED, NO_CLUSTER),
          text("cluster.discover-peers", NOTED, NO_CLUSTER),
          text("cluster.rejoin-interval", NOTED, NO_CLUSTER),
          text("cluster.advertise-address", NOTED, NO_CLUSTER),
          text("cluster.advertise-interfaces", NOTED, NO_CLUSTER),
          text("cluster.max-join-peers", NOTED, NO_CLUSTER),
          text("cluster.name", NOTED, NO_CLUSTER),
          flag("cluster.enable-tls", "false", NOTED, NO_CLUSTER),
          text("cluster.tls-ca-path", NOTED, NO_CLUSTER),
          text("cluster.tls-cert-path", NOTED, NO_CLUSTER),
          text("cluster.tls-key-path", NOTED, NO_CLUSTER),
          text("cluster.tls-server-name", NOTED, NO_CLUSTER),
          text("cluster.wait-for-size", NOTED, NO_CLUSTER),
          text("cluster.wait-timeout", NOTED, NO_CLUSTER),
          flag("cluster.use-discovery-v1", "false", NOTED, NO_CLUSTER),
          new AlloyFlag(
              "config.format",
              false,
              "alloy",
              REFUSED,
              "Stoker reads Alloy's syntax and HOCON; convert the file with `alloy convert` first"),
          flag("config.bypass-conversion-errors", "false", NOTED, NO_CONVERTER),
          text("config.extra-args", NOTED, NO_CONVERTER),
          flag(
              "feature.community-components.enabled",
              "false",
              NOTED,
              "there are no community components"),
          text(
              "feature.component-shutdown-deadline",
              NOTED,
              "a stop takes 25 s at most; what is not sent by then waits on disk"),
          flag("feature.prometheus.direct-fanout.enabled", "false", NOTED, NO_METRICS),
          text("feature.prometheus.metric-validation-scheme", NOTED, NO_METRICS),
          text("windows.priority", NOTED, "Stoker leaves its priority to the system"));

  private static AlloyFlag text(String name, AlloyFlag.Fate fate, String why) {
    return new AlloyFlag(name, false, "", fate, why);
  }

  private static AlloyFlag flag(String name, String same, AlloyFlag.Fate fate, String why) {
    return new AlloyFlag(name, true, same, fate, why);
  }

  /** In the order of the docs. */
  public static List<AlloyFlag> all() {
    return ALL;
  }

  /**
   * @param word such as <code>--storage.path</code>
   */
  static Optional<AlloyFlag> named(String word) {
    return ALL.stream().filter(flag -> flag.word().equals(word)).findFirst();
  }

  private AlloyFlags() {}
}
