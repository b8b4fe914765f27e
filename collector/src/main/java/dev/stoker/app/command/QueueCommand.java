package dev.stoker.app.command;

import dev.stoker.app.log.Logs;
import dev.stoker.http.failure.FailureMessages;
import dev.stoker.write.disk.QueueInspection;
import dev.stoker.write.disk.QueueInspection.Queue;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "queue",
    description =
        "Shows what the queues on disk hold, whether a daemon runs or not; changes nothing.")
public final class QueueCommand implements Callable<Integer> {
  @Parameters(
      index = "0",
      paramLabel = "DIR",
      description = "The storage folder, the folder of its queues, or one queue.")
  private Path folder = Path.of("");

  @Option(names = "--json", description = "For scripts.")
  private boolean json;

  @Override
  public Integer call() {
    Logs.quiet();
    if (!Files.isDirectory(folder)) {
      System.err.println(folder + ": is no folder; give the storage folder, or one of its queues");
      return 1;
    }
    try {
      List<Queue> queues = QueueInspection.read(folder);
      System.out.println(json ? json(queues).encodePrettily() : text(queues));
      return 0;
    } catch (IOException unreadable) {
      System.err.println(folder + ": cannot be read (" + FailureMessages.ofFile(unreadable) + ")");
      return 1;
    }
  }

  private static JsonObject json(List<Queue> queues) {
    JsonArray endpoints = new JsonArray();
    for (Queue queue : queues) {
      endpoints.add(
          new JsonObject()
              .put("endpoint", queue.endpoint())
              .put("profiles", queue.profiles())
              .put("bytes", queue.bytes())
              .put("oldest", oldest(queue))
              .put("corrupt_segments", queue.corruptSegments()));
    }
    return new JsonObject().put("endpoints", endpoints);
  }

  private static String text(List<Queue> queues) {
    if (queues.isEmpty()) {
      return "no queues";
    }
    StringBuilder text = new StringBuilder();
    for (Queue queue : queues) {
      text.append(queue.endpoint()).append(": ").append(queue.profiles()).append(" profiles, ");
      text.append(queue.bytes()).append(" bytes");
      if (oldest(queue) != null) {
        text.append(", oldest ").append(oldest(queue));
      }
      if (queue.corruptSegments() > 0) {
        text.append(", ").append(queue.corruptSegments()).append(" unreadable segments");
      }
      text.append('\n');
    }
    return text.toString().stripTrailing();
  }

  private static @Nullable String oldest(Queue queue) {
    Long millis = queue.oldestMillis();
    return millis == null ? null : Instant.ofEpochMilli(millis).toString();
  }
}
