package dev.stoker.profile.relabel;

import dev.stoker.component.AlloyCounterpart;
import dev.stoker.component.ComponentKind;
import dev.stoker.component.Preparation;
import dev.stoker.component.Prepared;
import dev.stoker.component.References;
import dev.stoker.component.Running;
import dev.stoker.component.Services;
import dev.stoker.pprof.shared.BodyWork;
import dev.stoker.relabel.Relabeler;
import dev.stoker.relabel.schema.RuleReader;
import dev.stoker.schema.Args;
import dev.stoker.schema.Export;
import dev.stoker.schema.Scalars;
import io.vertx.core.Future;
import java.util.List;

/** <code>pyroscope.relabel</code>. */
public final class ProfileRelabelKind implements ComponentKind<ProfileRelabelConfig> {
  private static final int MAX_CACHE = 1_000_000;

  @Override
  public String name() {
    return "pyroscope.relabel";
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
  public ProfileRelabelConfig read(String id, Args args) {
    args.refuse(RuleReader.REFUSED);
    ProfileRelabelConfig config =
        new ProfileRelabelConfig(
            id,
            args.require(
                "forward_to",
                List.of(),
                "forward_to = [ pyroscope.write.LABEL.receiver ]",
                References.receivers()),
            new Relabeler(RuleReader.rules(args)),
            args.get(
                "max_cache_size",
                ProfileRelabelConfig.DEFAULT_MAX_CACHE_SIZE,
                Scalars.integer(1, MAX_CACHE)),
            new SampleRules(
                new Relabeler(RuleReader.rules(args, "sample_rules", "sample_rule")),
                args.get("max_sample_label_sets", 0, Scalars.integer(0, MAX_CACHE))));
    args.finish();
    return config;
  }

  /** What all relabel components of the daemon share. */
  private record Shared(UnderWay underWay, Edits edits) {
    static Shared of(Services services) {
      return services.shared(
          Shared.class,
          all -> {
            UnderWay underWay = new UnderWay();
            return new Shared(underWay, new Edits(all.timers(), underWay));
          });
    }
  }

  @Override
  public Prepared prepare(Preparation<ProfileRelabelConfig> preparation) {
    Services services = preparation.services();
    Shared shared = Shared.of(services);
    ProfileRelabelConfig config = preparation.config();
    ProfileRelabel.Way way =
        new ProfileRelabel.Way(
            preparation.forwardTo(config.forwardTo()),
            editing(BodyWork.of(services)),
            services.verdicts(),
            shared.underWay());
    return new Prepared() {
      @Override
      public Running commit() {
        // The one before has to give its metrics back first.
        preparation.running(RunningRelabel.class).ifPresent(before -> before.relabel().stop());
        ProfileRelabel relabel = new ProfileRelabel(config, way, services.registry());
        return new RunningRelabel(relabel, shared.edits());
      }

      @Override
      public Future<Void> abandon() {
        return Future.succeededFuture();
      }
    };
  }

  private static SampleEditing editing(BodyWork work) {
    return (body, editor, done, failed) ->
        work.edit(body, editor)
            .onComplete(
                result -> {
                  if (result.succeeded()) {
                    done.accept(result.result());
                  } else {
                    failed.accept(result.cause());
                  }
                });
  }
}
