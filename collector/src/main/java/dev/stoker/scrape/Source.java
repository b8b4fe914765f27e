package dev.stoker.scrape;

import org.jspecify.annotations.Nullable;

/** What the targets of a scrape component are: the <code>source</code> argument and its block. */
public sealed interface Source {
  Source PPROF = new Pprof();

  /** As in the config. */
  String name();

  /** The only profile type of each target; null = those of <code>profiling_config</code>. */
  @Nullable ProfileType type();

  /** Go's endpoints and what looks like them: a URL for each profile type. */
  record Pprof() implements Source {
    @Override
    public String name() {
      return "pprof";
    }

    @Override
    public @Nullable ProfileType type() {
      return null;
    }
  }

  /**
   * A URL that answers with a recording.
   *
   * @param timed it is asked for <code>seconds=N</code>
   */
  record Jfr(String path, boolean timed) implements Source {
    @Override
    public String name() {
      return "jfr";
    }

    @Override
    public ProfileType type() {
      return ProfileType.of(this, path, timed, Content.JFR);
    }
  }
}
