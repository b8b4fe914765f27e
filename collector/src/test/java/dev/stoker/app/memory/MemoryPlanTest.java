package dev.stoker.app.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.component.HeapDemand;
import dev.stoker.config.ConfigLoader;
import dev.stoker.config.LoadResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The planned heap, direct memory and all the rest fit the limit of the manifests that we ship. */
class MemoryPlanTest {
  private static final long MIB = 1L << 20;
  private static final Pattern CONFIG = Pattern.compile("(?ms)^  stoker\\.conf: \\|\n(.*?)^---");
  private static final Pattern LIMIT = Pattern.compile("limits:\\s+memory: (\\d+)Mi");

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"daemonset.yaml", "deployment.yaml"})
  void shippedManifest_holdsItsOwnConfig_on1To64Cpus(String manifest) throws IOException {
    String yaml =
        Files.readString(Path.of(System.getProperty("stoker.root", ".."), "deploy", manifest));
    Matcher limit = LIMIT.matcher(yaml);
    Matcher config = CONFIG.matcher(yaml);
    assertThat(limit.find() && config.find()).isTrue();
    long room = Long.parseLong(limit.group(1)) * MIB;
    HeapDemand demand = demand(config.group(1).indent(-4));
    for (int cpus = 1; cpus <= 64; cpus++) {
      int threads = CpuThreads.of(cpus);
      MemoryPlan plan = MemoryPlan.of(demand, room, threads);
      assertThat(plan.sum()).as("%d CPUs: %s", cpus, plan).isLessThanOrEqualTo(room);
      HeapPlan shares = HeapPlan.within(plan.heap(), demand, room);
      assertThat(shares.heap()).isLessThanOrEqualTo(plan.heap());
      assertThat(HeapFit.shortfall(shares, demand, threads))
          .as("%d CPUs: %s", cpus, shares)
          .isEmpty();
    }
  }

  @Test
  void anyLimitFrom256Mib_isKept() {
    HeapDemand large = new HeapDemand(2_000 * MIB, 128 * MIB, 16 * MIB, 512 * MIB);
    for (long room = 256; room <= 16_384; room += 64) {
      for (int cpus : new int[] {1, 2, 16, 64}) {
        MemoryPlan plan = MemoryPlan.of(large, room * MIB, CpuThreads.of(cpus));
        assertThat(plan.sum()).as("%d MiB: %s", room, plan).isLessThanOrEqualTo(room * MIB);
      }
    }
  }

  @Test
  void largerRoom_isForBaselines_notForAHeapWithoutEnd() {
    HeapDemand defaults = new HeapDemand(48 * MIB, 32 * MIB, 16 * MIB, 64 * MIB);
    MemoryPlan small = MemoryPlan.of(defaults, 512 * MIB, 2);
    MemoryPlan large = MemoryPlan.of(defaults, 4_096 * MIB, 2);
    MemoryPlan huge = MemoryPlan.of(defaults, 262_144 * MIB, 64);
    assertThat(HeapPlan.within(large.heap(), defaults, 4_096 * MIB).baselines())
        .isGreaterThan(5 * HeapPlan.within(small.heap(), defaults, 512 * MIB).baselines());
    assertThat(huge.heap()).isLessThan(2_048 * MIB);
  }

  @Test
  void youngGeneration_isLarger_whereClientsPush_andASmallPartOfASmallHeap() throws IOException {
    String write =
        "pyroscope.write.w { endpoint { url = \"http://127.0.0.1:4040\" } }\n"
            + "pyroscope.scrape.s { targets = [], forward_to = [pyroscope.write.w.receiver] }\n";
    HeapDemand pulls = demand(write);
    HeapDemand takes =
        demand(
            write
                + "pyroscope.receive_http.r { http { listen_address = 127.0.0.1 }"
                + ", forward_to = [pyroscope.write.w.receiver] }");
    assertThat(MemoryPlan.of(pulls, 512 * MIB, 2).young(pulls)).isEmpty();
    assertThat(MemoryPlan.of(takes, 512 * MIB, 2).young(takes)).hasValue(24 * MIB);
    assertThat(MemoryPlan.of(takes, 192 * MIB, 2).young(takes)).hasValue(8 * MIB);
  }

  private HeapDemand demand(String config) throws IOException {
    Path file = Files.writeString(folder.resolve("stoker.conf"), config);
    LoadResult result = ConfigLoader.load(file, java.util.Map.of("NODE_NAME", "n"));
    assertThat(result).isInstanceOf(LoadResult.Loaded.class);
    return HeapDemand.of(((LoadResult.Loaded) result).config().components());
  }
}
