package dev.stoker.discovery.process;

import dev.stoker.concurrent.Timers;
import dev.stoker.discovery.Discoverer;
import dev.stoker.discovery.Polling;
import dev.stoker.discovery.Polling.Polled;
import dev.stoker.discovery.TargetGroup;
import dev.stoker.labels.Labels;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/**
 * The processes of this machine. A process in a container also has the labels of the targets to
 * join that are of the same container; those targets are exported themselves too, as Alloy does.
 */
final class ProcessDiscoverer implements Discoverer {
  /** Where other mechanisms say which container a target is in; the id may follow a scheme. */
  private static final List<String> CONTAINERS =
      List.of(
          Processes.CONTAINER_ID,
          "__meta_kubernetes_pod_container_id",
          "__meta_docker_container_id");

  private final Polling polling;
  private final ProcessConfig config;
  private @Nullable Listener listener;
  private List<Labels> others = List.of();

  /** Null = not read yet. */
  private @Nullable Polled processes;

  /**
   * @param proc reads all processes; blocking
   */
  ProcessDiscoverer(
      ProcessConfig config, Callable<Processes.Found> proc, Vertx vertx, Timers timers) {
    this.config = config;
    this.polling =
        new Polling(
            timers,
            config.refreshInterval(),
            () -> vertx.executeBlocking(proc, false).map(ProcessDiscoverer::polled),
            () -> {});
  }

  private static Polled polled(Processes.Found found) {
    return new Polled(
        List.of(new TargetGroup("processes", found.targets())),
        found.hidden() == 0
            ? ""
            : "the programs of "
                + found.hidden()
                + " processes of other users may not be seen; run Stoker as root, in the PID"
                + " namespace of the host");
  }

  @Override
  public void start(Listener to) {
    listener = to;
    polling.start(new Read());
  }

  /** Other targets to join. */
  void join(List<Labels> targets) {
    others = targets;
    tell();
  }

  private void tell() {
    Polled read = processes;
    Listener to = listener;
    if (read == null || to == null) {
      return;
    }
    List<TargetGroup> groups = List.of(new TargetGroup("processes", joined(read)));
    if (read.problem().isEmpty()) {
      to.replace(groups);
    } else {
      to.replaceInPart(groups, read.problem());
    }
  }

  private List<Labels> joined(Polled read) {
    Map<String, Labels> byContainer = new LinkedHashMap<>();
    for (Labels other : others) {
      String id = container(other);
      if (!id.isEmpty()) {
        byContainer.putIfAbsent(id, other);
      }
    }
    List<Labels> all = new ArrayList<>();
    for (TargetGroup group : read.groups()) {
      for (Labels process : group.targets()) {
        Labels other = byContainer.get(process.get(Processes.CONTAINER_ID));
        all.add(other == null ? process : process.toBuilder().setAll(other).build());
      }
    }
    if (!config.join().isEmpty()) {
      all.addAll(others);
    }
    return all;
  }

  private static String container(Labels target) {
    for (String label : CONTAINERS) {
      Matcher matcher = Processes.ID.matcher(target.get(label));
      if (matcher.find()) {
        return matcher.group();
      }
    }
    return "";
  }

  @Override
  public Future<Void> stop() {
    listener = null;
    return polling.stop();
  }

  /** What polling has found goes on with what it is joined with. */
  private final class Read implements Listener {
    private void found(List<TargetGroup> groups, String problem) {
      processes = new Polled(groups, problem);
      tell();
    }

    @Override
    public void begin(List<TargetGroup> groups) {
      found(groups, "");
    }

    @Override
    public void update(List<TargetGroup> groups) {
      found(groups, "");
    }

    @Override
    public void updateInPart(List<TargetGroup> groups, String problem) {
      found(groups, problem);
    }

    @Override
    public void replace(List<TargetGroup> groups) {
      found(groups, "");
    }

    @Override
    public void replaceInPart(List<TargetGroup> all, String problem) {
      found(all, problem);
    }

    @Override
    public void failed(String message) {
      Listener to = listener;
      if (to != null) {
        to.failed("cannot read the processes of this machine: " + message);
      }
    }
  }
}
