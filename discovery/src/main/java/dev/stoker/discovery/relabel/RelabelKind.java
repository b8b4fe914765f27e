package dev.stoker.discovery.relabel;

import dev.stoker.component.AlloyCounterpart;
import dev.stoker.component.Preparation;
import dev.stoker.component.References;
import dev.stoker.component.TargetsKind;
import dev.stoker.relabel.Relabeler;
import dev.stoker.relabel.schema.RuleReader;
import dev.stoker.schema.Args;
import dev.stoker.schema.Export;
import java.util.List;

/** <code>discovery.relabel</code>. */
public final class RelabelKind implements TargetsKind<RelabelConfig> {
  @Override
  public String name() {
    return "discovery.relabel";
  }

  @Override
  public List<Export> exports() {
    return List.of(new Export("output", Export.Type.TARGETS));
  }

  @Override
  public AlloyCounterpart alloy() {
    return AlloyCounterpart.SAME;
  }

  @Override
  public RelabelConfig read(String id, Args args) {
    args.refuse(RuleReader.REFUSED);
    RelabelConfig config =
        new RelabelConfig(
            id,
            args.require(
                "targets",
                List.of(),
                "targets = [ discovery.KIND.LABEL.targets ]",
                References.targets()),
            new Relabeler(RuleReader.rules(args)));
    args.finish();
    return config;
  }

  @Override
  public Closing join(Preparation<RelabelConfig> with) {
    RelabelConfig config = with.config();
    with.graph().transform(with.id(), config.targets(), new RelabelTransform(config.relabeler()));
    return Closing.NOTHING;
  }
}
