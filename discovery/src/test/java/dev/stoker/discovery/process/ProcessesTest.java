package dev.stoker.discovery.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.discovery.process.ProcessConfig.Wanted;
import dev.stoker.labels.Labels;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What is read of /proc: of a folder like it, and of the real one. */
class ProcessesTest {
  private static final String ID = "0123456789abcdef".repeat(4);
  private static final Wanted ALL = new Wanted(true, true, true, true, true, true, true);

  @TempDir Path proc;

  @Test
  void eachProcess_hasAlloysLabels() throws Exception {
    process("42", "app\0--port\00080\0", "0::/kubepods/pod1/cri-containerd-" + ID + ".scope\n");
    Files.createDirectory(proc.resolve("2")); // a kernel thread has no program
    Files.createDirectory(proc.resolve("sys"));

    Processes.Found found = new Processes(proc, ALL).read();

    assertThat(found.hidden()).isZero();
    assertThat(found.targets())
        .containsExactly(
            Labels.of(
                "__process_pid__",
                "42",
                "__meta_process_exe",
                "/usr/bin/app",
                "__meta_process_cwd",
                "/srv",
                "__meta_process_commandline",
                "app --port 80",
                "__meta_process_username",
                Files.getOwner(proc).getName(),
                "__meta_process_uid",
                String.valueOf(Files.getAttribute(proc, "unix:uid")),
                "__meta_process_cgroup_path",
                "/kubepods/pod1/cri-containerd-" + ID + ".scope",
                "__container_id__",
                ID));
  }

  @Test
  void byDefault_nothingIsSaidOfUsersAndControlGroups() throws Exception {
    process("42", "app", "12:cpu:/docker/" + ID + "\n1:name=systemd:/docker/" + ID + "\n");

    assertThat(new Processes(proc, Wanted.DEFAULT).read().targets())
        .containsExactly(
            Labels.of(
                "__process_pid__", "42",
                "__meta_process_exe", "/usr/bin/app",
                "__meta_process_cwd", "/srv",
                "__meta_process_commandline", "app",
                "__container_id__", ID));
  }

  @Test
  void aLongCommandLine_isCut() throws Exception {
    process("42", "x".repeat(100_000), "0::/\n");

    Labels target = new Processes(proc, Wanted.DEFAULT).read().targets().get(0);

    assertThat(target.get("__meta_process_commandline")).hasSize(4096);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void thisVeryProcess_isAmongThoseOfTheMachine() throws Exception {
    ProcessHandle own = ProcessHandle.current();

    assertThat(new Processes(Path.of("/proc"), ALL).read().targets())
        .filteredOn(target -> target.get("__process_pid__").equals(String.valueOf(own.pid())))
        .singleElement()
        .satisfies(
            target -> {
              assertThat(target.get("__meta_process_exe"))
                  .isEqualTo(own.info().command().orElseThrow());
              assertThat(target.get("__meta_process_cwd"))
                  .isEqualTo(Path.of("").toRealPath().toString());
              assertThat(target.get("__meta_process_username"))
                  .isEqualTo(own.info().user().orElseThrow());
            });
  }

  private void process(String pid, String commandline, String cgroups) throws Exception {
    Path folder = Files.createDirectory(proc.resolve(pid));
    Files.createSymbolicLink(folder.resolve("exe"), Path.of("/usr/bin/app"));
    Files.createSymbolicLink(folder.resolve("cwd"), Path.of("/srv"));
    Files.writeString(folder.resolve("cmdline"), commandline);
    Files.writeString(folder.resolve("cgroup"), cgroups);
  }
}
