package dev.stoker.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/**
 * What the Helm chart takes is what it says it takes. The end-to-end tests render it, compare it
 * with the manifests and have a real API server take it.
 */
class HelmChartTest {
  private static final Path CHART =
      Path.of(System.getProperty("stoker.root", "..")).resolve("deploy/helm/stoker");

  /** Values that users fill in by names of their own. */
  private static final Set<String> OPEN =
      Set.of("resources", "nodeSelector", "affinity", "podAnnotations", "podLabels");

  @Test
  void everyValue_isInTheSchema_andTheOtherWayRound() throws IOException {
    Set<String> inSchema = new TreeSet<>();
    properties("", new JsonObject(read("values.schema.json")), inSchema);
    inSchema.remove("global");

    assertThat(inSchema).isEqualTo(values());
  }

  @Test
  void everyValue_isInTheReadme_andTheOtherWayRound() throws IOException {
    Set<String> told =
        Pattern.compile("(?m)^\\| (`[^|]+`) \\|")
            .matcher(read("README.md"))
            .results()
            .flatMap(row -> Pattern.compile("`([^`]+)`").matcher(row.group(1)).results())
            .map(name -> name.group(1))
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(told).isEqualTo(values());
  }

  @Test
  void theFoldersOfTheQueue_areWhatDocumentsAndImageName() throws IOException {
    JsonObject storage = yaml("values.yaml").getJsonObject("storage");

    assertThat(storage.getString("kind")).isEqualTo("emptyDir");
    assertThat(storage.getString("hostPath")).isEqualTo("/var/lib/stoker");
    assertThat(Files.readString(CHART.resolve("../../hostpath/kustomization.yaml")))
        .contains("path: " + storage.getString("hostPath"));
  }

  private static Set<String> values() throws IOException {
    Set<String> names = new TreeSet<>();
    leaves("", yaml("values.yaml"), names);
    return names;
  }

  private static void leaves(String prefix, JsonObject values, Set<String> names) {
    for (String name : values.fieldNames()) {
      String path = prefix + name;
      if (values.getValue(name) instanceof JsonObject inner && !isOpen(path)) {
        leaves(path + ".", inner, names);
      } else {
        names.add(path);
      }
    }
  }

  private static boolean isOpen(String path) {
    return OPEN.contains(path) || path.endsWith(".annotations") || path.endsWith(".labels");
  }

  private static void properties(String prefix, JsonObject schema, Set<String> names) {
    JsonObject properties = schema.getJsonObject("properties");
    assertThat(schema.getBoolean("additionalProperties")).as(prefix).isFalse();
    for (String name : properties.fieldNames()) {
      JsonObject property = properties.getJsonObject(name);
      if (property.containsKey("properties")) {
        properties(prefix + name + ".", property, names);
      } else {
        names.add(prefix + name);
      }
    }
  }

  private static JsonObject yaml(String file) throws IOException {
    Map<String, Object> fields = new Yaml().load(read(file));
    return new JsonObject(fields);
  }

  private static String read(String file) throws IOException {
    return Files.readString(CHART.resolve(file));
  }
}
