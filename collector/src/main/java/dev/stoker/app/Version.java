package dev.stoker.app;

import org.jspecify.annotations.Nullable;

/** The version that the build wrote into the jar's manifest. */
final class Version {
  /** With the Java that runs it. */
  static String line() {
    return "stoker " + current() + " (Java " + Runtime.version() + ")";
  }

  static String current() {
    @Nullable String built = Main.class.getPackage().getImplementationVersion();
    return built == null ? "dev" : built;
  }

  static String userAgent() {
    return "Stoker/" + current();
  }

  private Version() {}
}
