package dev.stoker.app.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Whether the kernel gives huge pages to a process that asks for them. The JVM's code is spread
 * over some megabytes, and each scrape and each push runs through much of it: with small pages the
 * CPU looks up addresses more than it works. The JVM is only told to ask where the kernel says that
 * it may, because JDK 25 warns at each start where it may not.
 */
public final class HugePages {
  /** Linux' own; it is the same in a container. */
  public static final Path MODES = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");

  /**
   * @param modes all modes that the kernel knows, the one in use in brackets
   */
  public static boolean offered(Path modes) {
    try {
      String text = Files.readString(modes);
      return text.contains("[madvise]") || text.contains("[always]");
    } catch (IOException | RuntimeException notLinux) {
      return false;
    }
  }

  private HugePages() {}
}
