package dev.stoker.app.command;

import dev.stoker.app.log.Logs;
import dev.stoker.config.RulesFile;
import dev.stoker.http.failure.FailureMessages;
import dev.stoker.labels.Labels;
import dev.stoker.relabel.RelabelStep;
import dev.stoker.relabel.RelabelStep.Effect;
import dev.stoker.relabel.Relabeler;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "relabel", description = "Shows what each relabel rule does to a label set.")
public final class RelabelCommand implements Callable<Integer> {
  @Option(names = "--rules", paramLabel = "FILE.conf", required = true, description = "rules = […]")
  private Path rules = Path.of("");

  @Option(
      names = "--labels",
      paramLabel = "FILE.json",
      required = true,
      description = "{\"name\": \"value\", …}")
  private Path labels = Path.of("");

  @Option(names = "--json", description = "For scripts.")
  private boolean json;

  @Override
  public Integer call() {
    Logs.quiet();
    RulesFile.Result loaded = RulesFile.load(rules, System.getenv());
    if (!loaded.problems().isEmpty()) {
      loaded.problems().forEach(System.err::println);
      return 1;
    }
    Labels input = read(labels);
    if (input == null) {
      return 1;
    }
    List<RelabelStep> steps = new Relabeler(loaded.rules()).explain(input);
    System.out.println(json ? json(steps, input).encodePrettily() : text(steps, input));
    return 0;
  }

  private static @Nullable Labels read(Path file) {
    String wrong;
    try {
      Labels.Builder labels = Labels.empty().toBuilder();
      JsonObject object = new JsonObject(Files.readString(file));
      for (Map.Entry<String, Object> entry : object) {
        if (!(entry.getValue() instanceof String value)) {
          System.err.println(file + ": \"" + entry.getKey() + "\" is no text; write a JSON string");
          return null;
        }
        labels.set(entry.getKey(), value);
      }
      return labels.build();
    } catch (IOException unreadable) {
      wrong = "cannot be read (" + FailureMessages.ofFile(unreadable) + ")";
    } catch (DecodeException malformed) {
      wrong = "is no JSON object of texts" + FailureMessages.ofJson(malformed);
    }
    System.err.println(file + ": " + wrong);
    return null;
  }

  private static boolean dropped(List<RelabelStep> steps) {
    return !steps.isEmpty() && steps.get(steps.size() - 1).effect() == Effect.DROPPED;
  }

  private static JsonObject json(List<RelabelStep> steps, Labels input) {
    JsonArray items = new JsonArray();
    for (RelabelStep step : steps) {
      items.add(
          new JsonObject()
              .put("rule", step.rule())
              .put("effect", step.effect().name().toLowerCase(Locale.ROOT))
              .put("before", object(step.before()))
              .put("after", object(step.after())));
    }
    Labels output = steps.isEmpty() ? input : steps.get(steps.size() - 1).after();
    return new JsonObject()
        .put("steps", items)
        .put("output", dropped(steps) ? null : object(output));
  }

  private static JsonObject object(Labels labels) {
    JsonObject object = new JsonObject();
    labels.forEach(object::put);
    return object;
  }

  private static String text(List<RelabelStep> steps, Labels input) {
    StringBuilder text = new StringBuilder();
    for (RelabelStep step : steps) {
      text.append("rule ").append(step.rule()).append(": ");
      text.append(step.effect().name().toLowerCase(Locale.ROOT));
      if (!step.detail().isEmpty()) {
        text.append(" (").append(step.detail()).append(')');
      }
      text.append('\n');
      TreeSet<String> names = new TreeSet<>(step.before().toMap().keySet());
      names.addAll(step.after().toMap().keySet());
      for (String name : names) {
        String before = step.before().get(name);
        String after = step.after().get(name);
        if (step.effect() == Effect.CHANGED && !before.equals(after)) {
          text.append("  ").append(name).append(": ").append(shown(before)).append(" -> ");
          text.append(shown(after)).append('\n');
        }
      }
    }
    Labels output = steps.isEmpty() ? input : steps.get(steps.size() - 1).after();
    return text.append(dropped(steps) ? "dropped" : output.toString()).toString();
  }

  private static String shown(String value) {
    return value.isEmpty() ? "(none)" : "\"" + value + "\"";
  }
}
