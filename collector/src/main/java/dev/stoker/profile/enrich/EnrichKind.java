package dev.stoker.profile.enrich;

import dev.stoker.component.AlloyCounterpart;
import dev.stoker.component.ComponentKind;
import dev.stoker.component.ForwardTo;
import dev.stoker.component.Preparation;
import dev.stoker.component.Prepared;
import dev.stoker.component.References;
import dev.stoker.component.Running;
import dev.stoker.discovery.TargetList;
import dev.stoker.schema.Args;
import dev.stoker.schema.Export;
import dev.stoker.schema.Scalars;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** <code>pyroscope.enrich</code>. */
public final class EnrichKind implements ComponentKind<EnrichConfig> {
  @Override
  public String name() {
    return "pyroscope.enrich";
  }

  @Override
  public List<Export> exports() {
    return List.of(new Export("receiver", Export.Type.RECEIVER));
  }

  @Override
  public AlloyCounterpart alloy() {
    return AlloyCounterpart.SAME;
  }

  @Override
  public EnrichConfig read(String id, Args args) {
    String targetLabel =
        args.require(
            "target_match_label",
            "",
            "target_match_label = \"__meta_kubernetes_pod_ip\"",
            Scalars.nonEmpty());
    EnrichConfig config =
        new EnrichConfig(
            id,
            args.require(
                "targets",
                List.of(),
                "targets = discovery.kubernetes.LABEL.targets",
                References.targetsToJoin()),
            new EnrichConfig.Match(
                targetLabel, args.get("profiles_match_label", targetLabel, Scalars.nonEmpty())),
            args.get("labels_to_copy", List.of(), Scalars.texts()),
            args.require(
                "forward_to",
                List.of(),
                "forward_to = [ pyroscope.write.LABEL.receiver ]",
                References.receivers()));
    args.finish();
    return config;
  }

  @Override
  public Prepared prepare(Preparation<EnrichConfig> preparation) {
    EnrichConfig config = preparation.config();
    Next next =
        new Next(
            config,
            preparation.forwardTo(config.forwardTo()),
            preparation.running(RunningEnrich.class),
            preparation.services().registry());
    preparation.graph().consume(preparation.id(), config.targets(), next::targets);
    return next;
  }

  /** A new component, or another config of a running one. */
  private static final class Next implements Prepared {
    private final EnrichConfig config;
    private final ForwardTo forwardTo;
    private final Optional<RunningEnrich> before;
    private final MeterRegistry registry;
    private @Nullable ProfileEnrich enrich;

    Next(
        EnrichConfig config,
        ForwardTo forwardTo,
        Optional<RunningEnrich> before,
        MeterRegistry registry) {
      this.config = config;
      this.forwardTo = forwardTo;
      this.before = before;
      this.registry = registry;
    }

    void targets(TargetList list) {
      ProfileEnrich known = enrich;
      if (known == null) {
        throw new IllegalStateException("targets come after the commit");
      }
      known.targets(list);
    }

    @Override
    public Running commit() {
      // The one before has to give its metrics back first.
      before.ifPresent(running -> running.enrich().stop());
      ProfileEnrich created = new ProfileEnrich(config, forwardTo, registry);
      before.ifPresent(running -> created.targets(running.enrich()));
      enrich = created;
      return new RunningEnrich(created);
    }

    @Override
    public Future<Void> abandon() {
      return Future.succeededFuture();
    }
  }
}
