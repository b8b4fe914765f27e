package dev.stoker.app.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.component.HeapDemand;
import dev.stoker.config.ConfigLoader;
import dev.stoker.config.LoadResult;
import dev.stoker.write.http.WriteConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeapFitTest {
  private static final long MIB = 1L << 20;

  @Test
  void shortfall_namesWhatIsCut_andTheMemoryWithWhichNothingIs() {
    HeapDemand large = new HeapDemand(600 * MIB, 32 * MIB, 16 * MIB, 64 * MIB);
    MemoryPlan tight = MemoryPlan.of(large, 512 * MIB, 2);
    String message =
        HeapFit.shortfall(HeapPlan.within(tight.heap(), large, 512 * MIB), large, 2).orElseThrow();
    assertThat(message)
        .contains("profiles in queues in memory (queue.memory) ")
        .contains(" of 600 MiB")
        .contains("max_inflated_size");
    Matcher advice = Pattern.compile("give the process (\\d+) MiB").matcher(message);
    assertThat(advice.find()).isTrue();
    long room = Long.parseLong(advice.group(1)) * MIB;
    MemoryPlan enough = MemoryPlan.of(large, room, 2);
    assertThat(HeapFit.shortfall(HeapPlan.within(enough.heap(), large, room), large, 2)).isEmpty();
  }

  @Test
  void start_boundsQueuesByTheirShare_andWarnsOnce(@TempDir Path folder) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("a.conf"),
            """
            pyroscope.scrape.a {
              targets = [ { "__address__" = "127.0.0.1:9" } ]
              forward_to = [ pyroscope.write.a.receiver ]
            }
            pyroscope.write.a {
              endpoints = [
                { url = "http://127.0.0.1:9", queue { memory = 300MiB, disk = off } }
                { url = "http://127.0.0.2:9", queue { memory = 0, disk = off } }
              ]
            }
            """);
    LoadResult.Loaded loaded = (LoadResult.Loaded) ConfigLoader.load(file);
    LoadResult.Loaded fitted = HeapFit.start(loaded, "a.conf", 400 * MIB);
    List<Long> bounds =
        fitted.config().all(WriteConfig.class).get(0).endpoints().stream()
            .map(e -> e.queue().memory())
            .toList();
    assertThat(bounds.get(0)).isBetween(20 * MIB, 100 * MIB);
    assertThat(bounds.get(1)).isBetween(100 * MIB, 300 * MIB);
    assertThat(fitted.warnings()).hasSize(1);
    assertThat(fitted.warnings().get(0).toString())
        .startsWith("a.conf: its bounds ask for more memory than there is");

    LoadResult.Loaded roomy = HeapFit.start(loaded, "a.conf", 3_000 * MIB);
    assertThat(roomy.warnings()).isEmpty();
    assertThat(roomy.config().all(WriteConfig.class).get(0).endpoints())
        .extracting(e -> e.queue().memory())
        .as("no queue is without a bound")
        .containsExactly(300 * MIB, 1024 * MIB);
  }

  @Test
  void reload_givesQueuesOnlyWhatTheOthersLeftAtTheStart(@TempDir Path folder) throws IOException {
    LoadResult.Loaded small = load(folder, "8MiB");
    long heap = 400 * MIB;
    HeapPlan started = HeapPlan.within(heap, HeapDemand.of(small.config().components()), 512 * MIB);
    LoadResult.Loaded grown = HeapFit.reload(load(folder, "300MiB"), "a.conf", heap, started);

    long others = started.heap() - started.queues() - started.diskIndex();
    HeapDemand demand = HeapDemand.of(grown.config().components());
    assertThat(others + demand.queues() + demand.diskIndex()).isBetween(heap * 9 / 10, heap);
    assertThat(grown.warnings())
        .anyMatch(warning -> warning.toString().contains("restart it to share the memory anew"));

    LoadResult.Loaded same = HeapFit.reload(small, "a.conf", heap, started);
    assertThat(same.config()).isEqualTo(small.config());
    assertThat(same.warnings()).isEmpty();
  }

  @Test
  void queuesThatWereFitted_andTheOtherPartsOfTheSamePlan_fitTheHeapTogether(@TempDir Path folder)
      throws IOException {
    long heap = 300 * MIB;
    LoadResult.Loaded written = load(folder, "600MiB");
    HeapPlan plan =
        HeapPlan.within(heap, HeapDemand.of(written.config().components()), MemoryPlan.room());
    LoadResult.Loaded fitted = HeapFit.start(written, "a.conf", heap);
    HeapDemand demand = HeapDemand.of(fitted.config().components());
    long others = plan.heap() - plan.queues() - plan.diskIndex();
    assertThat(others + demand.queues() + demand.diskIndex()).isLessThanOrEqualTo(heap);

    LoadResult.Loaded again = HeapFit.reload(written, "a.conf", heap, plan);
    assertThat(again.config()).isEqualTo(fitted.config());
    assertThat(again.warnings()).isEqualTo(fitted.warnings());
  }

  private static LoadResult.Loaded load(Path folder, String memory) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("b.conf"),
            """
            pyroscope.scrape.a {
              targets = [ { "__address__" = "127.0.0.1:9" } ]
              forward_to = [ pyroscope.write.a.receiver ]
            }
            pyroscope.write.a {
              endpoints = [ { url = "http://127.0.0.1:9", queue { memory = %s, disk = off } } ]
            }
            """
                .formatted(memory));
    return (LoadResult.Loaded) ConfigLoader.load(file);
  }
}
