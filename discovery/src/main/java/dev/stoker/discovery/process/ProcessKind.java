package dev.stoker.discovery.process;

import dev.stoker.component.AlloyCounterpart;
import dev.stoker.component.Preparation;
import dev.stoker.component.References;
import dev.stoker.component.TargetsKind;
import dev.stoker.discovery.process.ProcessConfig.Wanted;
import dev.stoker.schema.Args;
import dev.stoker.schema.Export;
import dev.stoker.schema.Quantities;
import dev.stoker.schema.Scalars;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** <code>discovery.process</code>; names and defaults are Alloy's. */
public final class ProcessKind implements TargetsKind<ProcessConfig> {
  private static final Path PROC = Path.of("/proc");

  @Override
  public String name() {
    return "discovery.process";
  }

  @Override
  public List<Export> exports() {
    return List.of(new Export("targets", Export.Type.TARGETS));
  }

  @Override
  public AlloyCounterpart alloy() {
    return AlloyCounterpart.SAME;
  }

  @Override
  public ProcessConfig read(String id, Args args) {
    Args discover = args.block("discover_config");
    Wanted defaults = Wanted.DEFAULT;
    ProcessConfig config =
        new ProcessConfig(
            id,
            args.get("join", List.of(), References.targetsToJoin()),
            args.get("refresh_interval", Duration.ofSeconds(60), Quantities.refreshInterval()),
            new Wanted(
                discover.get("exe", defaults.exe(), Scalars.flag()),
                discover.get("cwd", defaults.cwd(), Scalars.flag()),
                discover.get("commandline", defaults.commandline(), Scalars.flag()),
                discover.get("username", defaults.username(), Scalars.flag()),
                discover.get("uid", defaults.uid(), Scalars.flag()),
                discover.get("cgroup_path", defaults.cgroupPath(), Scalars.flag()),
                discover.get("container_id", defaults.containerId(), Scalars.flag())));
    discover.finish();
    args.finish();
    return config;
  }

  @Override
  public Closing join(Preparation<ProcessConfig> with) {
    ProcessConfig config = with.config();
    ProcessDiscoverer discoverer =
        new ProcessDiscoverer(
            config,
            new Processes(PROC, config.wanted())::read,
            with.services().vertx(),
            with.services().timers());
    with.graph().discover(with.id(), discoverer);
    with.graph().consume(with.id(), config.join(), list -> discoverer.join(list.inStableOrder()));
    return discoverer::stop;
  }
}
