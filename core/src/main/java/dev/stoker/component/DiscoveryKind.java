package dev.stoker.component;

import dev.stoker.discovery.Discoverer;
import dev.stoker.schema.Export;
import java.util.List;

/** A kind that discovers targets. Such a kind is what it reads and a {@link Discoverer}. */
public interface DiscoveryKind<C extends Record> extends TargetsKind<C> {
  /** Makes the discoverer of a component; the graph of targets starts and stops it. */
  Discoverer discoverer(Preparation<C> preparation);

  @Override
  default List<Export> exports() {
    return List.of(new Export("targets", Export.Type.TARGETS));
  }

  @Override
  default Closing join(Preparation<C> preparation) {
    Discoverer discoverer = discoverer(preparation);
    preparation.graph().discover(preparation.id(), discoverer);
    return discoverer::stop;
  }
}
