package dev.stoker.discovery.kubernetes;

import dev.stoker.discovery.Discoverer;
import dev.stoker.discovery.TargetGroup;
import java.util.List;

/** A listener of discovery by watches, which tells changes and never a whole. */
abstract class UpdatesOnly implements Discoverer.Listener {
  @Override
  public final void replace(List<TargetGroup> all) {
    throw new AssertionError("not called by this mechanism");
  }

  @Override
  public final void replaceInPart(List<TargetGroup> all, String problem) {
    throw new AssertionError("not called by this mechanism");
  }
}
