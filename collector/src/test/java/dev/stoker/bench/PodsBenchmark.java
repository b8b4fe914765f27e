package dev.stoker.bench;

import dev.stoker.concurrent.CpuPool;
import dev.stoker.concurrent.ManualTimers;
import dev.stoker.discovery.Discoverer;
import dev.stoker.discovery.TargetBudget;
import dev.stoker.discovery.TargetGraph;
import dev.stoker.discovery.TargetGroup;
import dev.stoker.discovery.TargetSource;
import dev.stoker.discovery.annotations.AnnotationsConfig;
import dev.stoker.discovery.annotations.AnnotationsTransform;
import dev.stoker.discovery.annotations.Family;
import dev.stoker.discovery.annotations.Naming;
import dev.stoker.discovery.kubernetes.labels.Groups;
import dev.stoker.discovery.kubernetes.labels.MalformedObjects;
import dev.stoker.http.client.HttpClientConfig;
import dev.stoker.pprof.delta.BaselineBudget;
import dev.stoker.pprof.wire.Workspaces;
import dev.stoker.profile.PushedProfiles;
import dev.stoker.profile.Verdicts;
import dev.stoker.scrape.baseline.Baselines;
import dev.stoker.scrape.fetch.Scraper;
import dev.stoker.scrape.loop.Pushers;
import dev.stoker.scrape.loop.ScrapeComponent;
import dev.stoker.scrape.loop.ScrapeServices;
import dev.stoker.scrape.schedule.ProcessGates;
import dev.stoker.scrape.schedule.ScrapeSlots;
import dev.stoker.scrape.target.ProfileType;
import dev.stoker.scrape.target.ScrapeConfig;
import dev.stoker.scrape.target.ScrapeLimits;
import dev.stoker.scrape.target.Source;
import dev.stoker.scrape.transform.BodyCpu;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * 10,000 annotated pods, five profiles each, through discovery up to running (idle) loops. Prints
 * CPU times of the control thread. Started by benchmarks/pods; no test.
 */
public final class PodsBenchmark {
  private static final MalformedObjects MALFORMED = new MalformedObjects();
  private static final int PODS = 10_000;
  private static final int ROUNDS = 8;
  private static final List<String> TYPES = List.of("cpu", "memory", "goroutine", "mutex", "block");

  /** Hands over what the benchmark says. */
  private static final class Feed implements Discoverer {
    private Listener listener = new None();

    @Override
    public void start(Listener to) {
      listener = to;
    }

    @Override
    public Future<Void> stop() {
      return Future.succeededFuture();
    }
  }

  /** Before the start. */
  private static final class None implements Discoverer.Listener {
    @Override
    public void update(List<TargetGroup> groups) {}

    @Override
    public void replace(List<TargetGroup> groups) {}

    @Override
    public void begin(List<TargetGroup> groups) {}

    @Override
    public void updateInPart(List<TargetGroup> groups, String problem) {}

    @Override
    public void replaceInPart(List<TargetGroup> all, String problem) {}

    @Override
    public void failed(String message) {}
  }

  public static void main(String[] args) throws IOException {
    ManualTimers timers = new ManualTimers(1_800_000_000_000L);
    Feed source = new Feed();
    TargetGraph graph = new TargetGraph(timers);
    graph.discover("discovery.kubernetes.pods", source);
    List<TargetSource> pods =
        List.of(new TargetSource.Export("discovery.kubernetes.pods", "targets"));
    graph.transform(
        "discovery.annotations.pods",
        pods,
        new AnnotationsTransform(
            new AnnotationsConfig(
                "discovery.annotations.pods",
                pods,
                List.of(Family.values()),
                Naming.CONTAINER,
                List.of("app"))));
    ScrapeComponent scrape = scrape(timers);
    graph.consume(
        "pyroscope.scrape.pods",
        List.of(new TargetSource.Export("discovery.annotations.pods", "output")),
        scrape::targets);
    graph.start();

    List<Pod> objects = new ArrayList<>();
    for (int i = 0; i < PODS; i++) {
      objects.add(pod(i, "v1"));
    }
    long empty = heap();
    List<TargetGroup> groups = new ArrayList<>();
    report(
        "objects → labels, all",
        () -> objects.forEach(pod -> groups.add(Groups.ofPod(pod, MALFORMED))));
    report("first list: labels → expand → start loops", () -> apply(source, timers, groups));
    long loops = scrape.active().size();
    long grown = heap() - empty;
    System.out.printf(
        "%d loops, %d MB of heap for labels and loops: %d bytes a loop%n",
        loops, grown >> 20, grown / loops);
    for (int round = 1; round <= ROUNDS; round++) {
      int at = round;
      report(
          "round " + at + ", nothing changed: full re-list",
          () -> {
            List<TargetGroup> again = new ArrayList<>();
            objects.forEach(pod -> again.add(Groups.ofPod(pod, MALFORMED)));
            // One changed pod makes the graph run, over equal labels otherwise.
            again.set(at, Groups.ofPod(pod(at, "again"), MALFORMED));
            apply(source, timers, again);
          });
      report(
          "round " + at + ", one pod changed",
          () -> {
            source.listener.update(
                List.of(Groups.ofPod(pod(PODS / 2 + at, "v" + (at + 1)), MALFORMED)));
            timers.advance(20_000);
          });
    }
    System.out.printf("peak RSS %s%n", peak());
    System.exit(scrape.active().size() == loops ? 0 : 1);
  }

  private static void apply(Feed source, ManualTimers timers, List<TargetGroup> groups) {
    source.listener.replace(groups);
    timers.advance(20_000);
  }

  private static void report(String what, Runnable work) {
    long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    work.run();
    long spent = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start;
    System.out.printf("%-50s %8.1f ms CPU%n", what, spent / 1e6);
  }

  private static long heap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static String peak() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmHWM"))
        .findFirst()
        .orElse("unknown");
  }

  /** An interval of a day: no loop fires while the benchmark moves its clock. */
  private static ScrapeComponent scrape(ManualTimers timers) {
    Scraper never =
        target -> {
          throw new IllegalStateException("no scrape is due");
        };
    return new ScrapeComponent(
        new ScrapeConfig(
            "pyroscope.scrape.pods",
            List.of(),
            List.of(),
            "",
            "http",
            Map.of(),
            new ScrapeConfig.Timing(
                java.time.Duration.ofDays(36500), java.time.Duration.ofSeconds(10), null),
            ProfileType.DEFAULTS,
            "",
            ScrapeLimits.DEFAULT,
            HttpClientConfig.DEFAULT,
            Source.PPROF,
            ScrapeConfig.Selection.DEFAULT),
        new ScrapeServices(
            timers,
            never,
            new ProcessGates(timers),
            ScrapeSlots.unbounded(),
            new BodyCpu(new CpuPool(1), new Workspaces(256L << 20, dev.stoker.codec.Codecs::jdk)),
            new Baselines(timers, null, new BaselineBudget(256L << 20)),
            TargetBudget.unbounded(),
            new Verdicts(),
            new Pushers(new PushedProfiles(), host -> Future.succeededFuture(List.of()), timers),
            new SimpleMeterRegistry(),
            1),
        profile -> true);
  }

  private static Pod pod(int i, String version) {
    PodBuilder pod =
        new PodBuilder()
            .withNewMetadata()
            .withName("service-" + i % 200 + "-5d4f8c7b9-" + i)
            .withNamespace("team-" + i % 40)
            .withUid("uid-" + i)
            .addToLabels("app", "service-" + i % 200)
            .addToLabels("version", version)
            .addToLabels("pod-template-hash", "5d4f8c7b9")
            .addToLabels("app.kubernetes.io/part-of", "shop")
            .addToAnnotations("checksum/config", "0123456789abcdef0123456789abcdef")
            .endMetadata()
            .withNewSpec()
            .withNodeName("node-" + i % 100)
            .addNewContainer()
            .withName("app")
            .withImage("registry.example/service-" + i % 200 + ":1.2.3")
            .addNewPort()
            .withName("http")
            .withContainerPort(8080)
            .withProtocol("TCP")
            .endPort()
            .endContainer()
            .endSpec()
            .withNewStatus()
            .withPodIP("10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255))
            .withPhase("Running")
            .endStatus();
    for (String type : TYPES) {
      pod.editMetadata()
          .addToAnnotations("profiles.grafana.com/" + type + ".scrape", "true")
          .endMetadata();
    }
    return pod.build();
  }

  private PodsBenchmark() {}
}
