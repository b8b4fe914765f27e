package dev.stoker.app.run;

import org.jspecify.annotations.Nullable;

/** The version that the build wrote into the jar's manifest. */
public final class Version {
  /** The version with the Java that runs it. */
  public static String line() {
    return "stoker " + current() + " (Java " + Runtime.version() + ")";
  }

  public static String current() {
    @Nullable String built = Version.class.getPackage().getImplementationVersion();
    return built == null ? "dev" : built;
  }

  public static String userAgent() {
    return "Stoker/" + current();
  }

  private Version() {}
}
