package dev.stoker.discovery.file;

import dev.stoker.concurrent.Timers;
import dev.stoker.discovery.Discoverer;
import dev.stoker.discovery.Polling;
import dev.stoker.discovery.Polling.Polled;
import dev.stoker.discovery.TargetGroup;
import dev.stoker.http.failure.FailureMessages;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Looks at the files every few seconds and reads those that have changed: a watch service would
 * miss the symlink swap of a mounted ConfigMap. A malformed file keeps its last good targets; one
 * that is gone twice in a row loses them. State is touched by one poll at a time, on a worker.
 */
public final class FileDiscoverer {
  private static final Duration LOOK = Duration.ofSeconds(3);

  private final FileConfig config;
  private final Map<Path, Known> known = new LinkedHashMap<>();
  private final Set<Path> missedOnce = new HashSet<>();
  private long lastFullNanos;

  private record Known(String stamp, List<TargetGroup> groups, String problem) {}

  private FileDiscoverer(FileConfig config) {
    this.config = config;
  }

  public static Discoverer create(FileConfig config, Vertx vertx, Timers timers) {
    FileDiscoverer files = new FileDiscoverer(config);
    Duration interval =
        config.refreshInterval().compareTo(LOOK) < 0 ? config.refreshInterval() : LOOK;
    return new Polling(timers, interval, () -> vertx.executeBlocking(files::poll, false), () -> {});
  }

  /** Blocking. No file is there now for a pattern of the config. */
  public static boolean matchesNone(String pattern) {
    try {
      return matching(pattern).isEmpty();
    } catch (IOException | InvalidPathException unreadable) {
      return true;
    }
  }

  private Polled poll() {
    long now = System.nanoTime();
    boolean full = now - lastFullNanos > config.refreshInterval().toNanos();
    lastFullNanos = full ? now : lastFullNanos;
    List<String> problems = new ArrayList<>();
    Set<Path> found = new TreeSet<>();
    for (String pattern : config.files()) {
      try {
        found.addAll(matching(pattern));
      } catch (IOException unreadable) {
        problems.add(
            "files " + pattern + " cannot be listed: " + FailureMessages.ofFile(unreadable));
      }
    }
    found.forEach(file -> look(file, full));
    if (problems.isEmpty()) {
      forget(found);
    }
    List<TargetGroup> groups = new ArrayList<>();
    for (Known file : known.values()) {
      groups.addAll(file.groups());
      if (!file.problem().isEmpty()) {
        problems.add(file.problem());
      }
    }
    return new Polled(groups, String.join("; ", problems));
  }

  private void look(Path file, boolean full) {
    String stamp = stamp(file);
    Known before = known.get(file);
    if (before != null && before.stamp().equals(stamp) && !full) {
      return;
    }
    try {
      known.put(file, new Known(stamp, reuse(before, TargetFile.read(file)), ""));
    } catch (IOException wrong) {
      List<TargetGroup> kept = before == null ? List.of() : before.groups();
      known.put(file, new Known(stamp, kept, String.valueOf(wrong.getMessage())));
    }
  }

  /** The same labels stay the same objects, so that nobody works on them again. */
  private static List<TargetGroup> reuse(
      @org.jspecify.annotations.Nullable Known before, List<TargetGroup> read) {
    return before != null && before.groups().equals(read) ? before.groups() : read;
  }

  private void forget(Set<Path> found) {
    known.keySet().removeIf(file -> !found.contains(file) && !missedOnce.add(file));
    missedOnce.removeAll(found);
    missedOnce.retainAll(new HashMap<>(known).keySet());
  }

  private static List<Path> matching(String pattern) throws IOException {
    Path path = Path.of(pattern);
    String last = String.valueOf(path.getFileName());
    if (last.indexOf('*') < 0) {
      return Files.isRegularFile(path) ? List.of(path) : List.of();
    }
    Path folder = path.getParent() == null ? Path.of("") : path.getParent();
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, last)) {
      for (Path entry : entries) {
        if (Files.isRegularFile(entry)) {
          files.add(entry);
        }
      }
    } catch (NoSuchFileException | NotDirectoryException none) {
      return List.of();
    }
    return files;
  }

  private static String stamp(Path file) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return file.toRealPath() + " " + attributes.lastModifiedTime() + " " + attributes.size();
    } catch (IOException gone) {
      return "gone";
    }
  }
}
