package dev.stoker.discovery.process;

import dev.stoker.discovery.process.ProcessConfig.Wanted;
import dev.stoker.labels.Labels;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads <code>/proc</code>, of which proc(5) tells: labels as in Alloy's discovery.process. Kernel
 * threads, which have no program, are no processes here. Blocking; any thread.
 */
final class Processes {
  static final String PID = "__process_pid__";
  static final String CONTAINER_ID = "__container_id__";

  /** What a container runtime calls a container. */
  static final Pattern ID = Pattern.compile("[0-9a-f]{64}");

  /** Bytes of a file below /proc that are read: a command line may have megabytes. */
  private static final int MOST = 16 << 10;

  /** Characters of a command line in a label. */
  private static final int COMMANDLINE = 4 << 10;

  private final Path proc;
  private final Wanted wanted;

  Processes(Path proc, Wanted wanted) {
    this.proc = proc;
    this.wanted = wanted;
  }

  /**
   * @param targets one for each process
   * @param hidden how many processes there are whose program may not be seen: of another user
   */
  record Found(List<Labels> targets, int hidden) {
    Found {
      targets = List.copyOf(targets);
    }
  }

  Found read() throws IOException {
    List<Labels> targets = new ArrayList<>();
    int hidden = 0;
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(proc, "[0-9]*")) {
      for (Path folder : folders) {
        try {
          targets.add(process(folder));
        } catch (AccessDeniedException denied) {
          hidden++;
        } catch (IOException gone) {
          // It has ended meanwhile, or is a kernel thread.
        }
      }
    }
    return new Found(targets, hidden);
  }

  private Labels process(Path folder) throws IOException {
    String exe = Files.readSymbolicLink(folder.resolve("exe")).toString();
    Labels.Builder labels =
        Labels.empty().toBuilder().set(PID, String.valueOf(folder.getFileName()));
    set(labels, wanted.exe(), "__meta_process_exe", exe);
    if (wanted.cwd()) {
      String cwd = Files.readSymbolicLink(folder.resolve("cwd")).toString();
      labels.set("__meta_process_cwd", cwd);
    }
    if (wanted.commandline()) {
      labels.set("__meta_process_commandline", commandline(text(folder.resolve("cmdline"))));
    }
    if (wanted.username()) {
      labels.set("__meta_process_username", Files.getOwner(folder).getName());
    }
    if (wanted.uid()) {
      labels.set("__meta_process_uid", String.valueOf(Files.getAttribute(folder, "unix:uid")));
    }
    if (wanted.cgroupPath() || wanted.containerId()) {
      String cgroups = text(folder.resolve("cgroup"));
      set(labels, wanted.cgroupPath(), "__meta_process_cgroup_path", path(cgroups));
      set(labels, wanted.containerId(), CONTAINER_ID, id(cgroups));
    }
    return labels.build();
  }

  private static void set(Labels.Builder labels, boolean wanted, String name, String value) {
    if (wanted && !value.isEmpty()) {
      labels.set(name, value);
    }
  }

  private static String text(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(MOST), StandardCharsets.UTF_8);
    }
  }

  /** Arguments are divided by NUL. */
  private static String commandline(String arguments) {
    String line = arguments.replace('\0', ' ').strip();
    return line.length() > COMMANDLINE ? line.substring(0, COMMANDLINE) : line;
  }

  /** <code>hierarchy:controllers:path</code> on each line, see cgroups(7); version 2 has one. */
  private static String path(String cgroups) {
    String first = cgroups.lines().findFirst().orElse("");
    int colon = first.indexOf(':', first.indexOf(':') + 1);
    return colon < 0 ? "" : first.substring(colon + 1);
  }

  /** The innermost container's, "" = it is in none. */
  private static String id(String cgroups) {
    Matcher matcher = ID.matcher(cgroups);
    String id = "";
    while (matcher.find()) {
      id = matcher.group();
    }
    return id;
  }
}
