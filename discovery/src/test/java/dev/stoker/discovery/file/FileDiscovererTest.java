package dev.stoker.discovery.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stoker.discovery.ComponentHealth;
import dev.stoker.discovery.MechanismHarness;
import dev.stoker.discovery.TargetNode;
import dev.stoker.labels.Labels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Targets from files that people and programs write. */
class FileDiscovererTest extends MechanismHarness {
  @Test
  void files_areRead_watched_andKeptWhenMalformed() throws Exception {
    Path json = folder.resolve("a.json");
    Path yaml = folder.resolve("b.yaml");
    Files.writeString(json, "[{\"targets\": [\"h:1\"], \"labels\": {\"team\": \"a\", \"n\": 1}}]");
    Files.writeString(yaml, "- targets: ['h:2']\n");
    TargetNode node =
        start(
            FileDiscoverer.create(
                new FileConfig("discovery.file.f", List.of(folder + "/*.*"), SOON), vertx, timers));

    await().until(() -> node.targets().size() == 2);
    assertThat(node.targets())
        .contains(
            Labels.of(
                "__address__", "h:1", "__meta_filepath", json.toString(), "team", "a", "n", "1"));

    Files.writeString(json, "[{\"targets\": [\"h:1\", \"h:3\"]}]");
    await().until(() -> addresses(node).equals(List.of("h:1", "h:3", "h:2")));
    Files.writeString(yaml, "targets: { [");
    await().until(() -> node.health().message().contains(yaml.toString()));
    assertThat(addresses(node)).containsExactly("h:1", "h:3", "h:2");
    Files.writeString(yaml, "- targets: ['h:4']\n");
    await().until(() -> addresses(node).equals(List.of("h:1", "h:3", "h:4")));
    assertThat(node.health().state()).isEqualTo(ComponentHealth.State.HEALTHY);
    Files.delete(json);
    await().until(() -> addresses(node).equals(List.of("h:4")));
  }

  @Test
  void aSwappedSymlink_isSeen() throws Exception {
    Path one = Files.createDirectory(folder.resolve("one"));
    Path two = Files.createDirectory(folder.resolve("two"));
    Files.writeString(one.resolve("t.json"), "[{\"targets\": [\"h:1\"]}]");
    Files.writeString(two.resolve("t.json"), "[{\"targets\": [\"h:2\"]}]");
    Path data = Files.createSymbolicLink(folder.resolve("..data"), one);
    Path file =
        Files.createSymbolicLink(folder.resolve("t.json"), Path.of("..data").resolve("t.json"));
    TargetNode node =
        start(
            FileDiscoverer.create(
                new FileConfig("discovery.file.f", List.of(file.toString()), SOON), vertx, timers));

    await().until(() -> addresses(node).equals(List.of("h:1")));
    Path next = Files.createSymbolicLink(folder.resolve("..next"), two);
    Files.move(next, data, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    await().until(() -> addresses(node).equals(List.of("h:2")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}| must be a list",
        "[1]| must be { targets, labels }",
        "[{\"targets\": \"h:1\"}]| targets must be a list",
        "[{\"targets\": [[]]}]| write \"host:port\"",
        "[{\"targets\": [\"h:1\"], \"labels\": [1]}]| labels must be a map",
        "[{\"targets\": [\"h:1\"], \"labels\": {\"a\": {}}}]| must be a text",
        "[{\"target\": [\"h:1\"]}]| unknown key \"target\"",
        "&a [*a, *a]| must be { targets, labels }",
        "!!java.net.URL [\"http://x\"]| Global tag is not allowed",
      })
  void malformedFiles_sayWhatIsWrong(String text, String message) throws Exception {
    Path file = Files.writeString(folder.resolve("t.yaml"), text);
    TargetNode node =
        start(
            FileDiscoverer.create(
                new FileConfig("discovery.file.f", List.of(file.toString()), SOON), vertx, timers));

    await().until(node::ready);
    await().untilAsserted(() -> assertThat(node.health().message()).contains(message.strip()));
    assertThat(node.health().message()).contains(file.toString());
  }

  @Test
  void yamlLabels_areTexts() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("t.yaml"), "- targets: [h:1]\n  labels: {v: 1.10, no: no, o: 010}\n");
    TargetNode node =
        start(
            FileDiscoverer.create(
                new FileConfig("discovery.file.f", List.of(file.toString()), SOON), vertx, timers));

    await().until(() -> !node.targets().isEmpty());
    assertThat(node.targets().get(0).toMap())
        .containsEntry("v", "1.10")
        .containsEntry("no", "no")
        .containsEntry("o", "010");
  }
}
