package dev.stoker.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** <code>${?HOSTNAME}</code> has a value everywhere: shells set it, but few export it. */
final class Hostname {
  private static final String NAME = "HOSTNAME";
  private static final Path KERNEL = Path.of("/proc/sys/kernel/hostname");

  /** The environment, with the kernel's host name where it has none. */
  static Map<String, String> in(Map<String, String> env) {
    if (!env.getOrDefault(NAME, "").isEmpty() || !Files.isReadable(KERNEL)) {
      return env;
    }
    try {
      Map<String, String> more = new HashMap<>(env);
      more.put(NAME, Files.readString(KERNEL).strip());
      return more;
    } catch (IOException unreadable) {
      return env;
    }
  }

  private Hostname() {}
}
