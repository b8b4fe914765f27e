package dev.stoker.alloy.custom;

import dev.stoker.alloy.syntax.Statement;
import dev.stoker.alloy.syntax.Statement.Block;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/** The <code>declare</code> blocks that hold a component of profiles, or a custom one of these. */
final class Profiling {
  private final Set<Block> declares = Collections.newSetFromMap(new IdentityHashMap<>());

  /** Makes the one of all that is known in a config. */
  Profiling(Namespace config) {
    Set<Namespace> all = Collections.newSetFromMap(new IdentityHashMap<>());
    config.collect(all);
    boolean more = true;
    while (more) {
      more = false;
      for (Namespace each : all) {
        for (Block declare : each.declares().values()) {
          if (!declares.contains(declare) && isIn(declare, each.body(declare))) {
            more |= declares.add(declare);
          }
        }
      }
    }
  }

  boolean is(Namespace.Found custom) {
    return declares.contains(custom.declare());
  }

  /**
   * Says whether a component of profiles is in a block, at any depth.
   *
   * @param names what names mean in the block
   */
  boolean isIn(Block block, Namespace names) {
    for (Statement each : block.body().statements()) {
      if (each instanceof Block inner) {
        Namespace.Found custom = names.find(inner.name());
        boolean found =
            custom == null
                ? inner.name().startsWith("pyroscope.")
                : declares.contains(custom.declare());
        if (found || isIn(inner, names)) {
          return true;
        }
      }
    }
    return false;
  }
}
