package dev.stoker.scrape.component;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * This instance's seed for scrape phases: from the host's name, so that it is the same after a
 * restart and differs between hosts. Read without the network: InetAddress would ask DNS.
 */
final class HostSeed {
  static long seed() {
    String name = System.getenv().getOrDefault("HOSTNAME", "");
    if (name.isEmpty()) {
      try {
        name = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
      } catch (IOException notLinux) {
        name = "localhost";
      }
    }
    return name.hashCode() * 0x9E3779B97F4A7C15L;
  }

  private HostSeed() {}
}
