package dev.stoker.scrape.target;

import dev.stoker.pprof.wire.KeptTypes;
import java.util.List;
import java.util.stream.Stream;

/**
 * A profile type of a scrape component: Alloy's <code>profile.&lt;key&gt;</code> block.
 *
 * @param key block name, such as <code>process_cpu</code> or <code>godeltaprof_memory</code>; the
 *     <code>&lt;name&gt;</code> of a <code>profile.custom.&lt;name&gt;</code> block
 * @param path URL path
 * @param timed Alloy's <code>delta</code> argument: the target profiles for <code>seconds=N</code>
 *     before it answers. Has nothing to do with subtracting cumulative profiles.
 * @param kept sample types that are sent
 * @param content of the bodies
 */
public record ProfileType(
    String key, boolean enabled, String path, boolean timed, KeptTypes kept, Content content) {
  private static final String GODELTAPROF = "godeltaprof_";

  /** Alloy's table of types with its defaults; godeltaprof and fgprof are off. */
  public static final List<ProfileType> DEFAULTS =
      List.of(
          new ProfileType("memory", true, "/debug/pprof/allocs", false),
          new ProfileType("block", true, "/debug/pprof/block", false),
          new ProfileType("goroutine", true, "/debug/pprof/goroutine", false),
          new ProfileType("mutex", true, "/debug/pprof/mutex", false),
          new ProfileType("process_cpu", true, "/debug/pprof/profile", true),
          new ProfileType("fgprof", false, "/debug/fgprof", true),
          new ProfileType("godeltaprof_memory", false, "/debug/pprof/delta_heap", false),
          new ProfileType("godeltaprof_mutex", false, "/debug/pprof/delta_mutex", false),
          new ProfileType("godeltaprof_block", false, "/debug/pprof/delta_block", false));

  /**
   * Alloy's types and two more, both off by default: <code>goroutine_leak</code>, which Go 1.26 has
   * as an experiment, and <code>jfr</code>, a recording in addition to the pprof endpoints.
   */
  public static final List<ProfileType> BUILT_IN =
      Stream.concat(
              DEFAULTS.stream(),
              Stream.of(
                  new ProfileType("goroutine_leak", false, "/debug/pprof/goroutineleak", false),
                  new ProfileType("jfr", false, "/jfr", false, KeptTypes.ALL, Content.JFR)))
          .toList();

  /** A pprof. */
  public ProfileType(String key, boolean enabled, String path, boolean timed, KeptTypes kept) {
    this(key, enabled, path, timed, kept, Content.PPROF);
  }

  /** A pprof with all of its sample types. */
  public ProfileType(String key, boolean enabled, String path, boolean timed) {
    this(key, enabled, path, timed, KeptTypes.ALL);
  }

  /** The only type of a source's targets. */
  public static ProfileType of(Source source, String path, boolean timed, Content content) {
    return new ProfileType(source.name(), true, path, timed, KeptTypes.ALL, content);
  }

  /** The value of <code>__name__</code>: godeltaprof types appear under their plain name. */
  public String seriesName() {
    return godeltaprof() ? key.substring(GODELTAPROF.length()) : key;
  }

  /** The target subtracts already. */
  public boolean godeltaprof() {
    return key.startsWith(GODELTAPROF);
  }
}
