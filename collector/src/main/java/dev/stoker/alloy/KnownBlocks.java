package dev.stoker.alloy;

import dev.stoker.component.ComponentKind;
import dev.stoker.components.ComponentKinds;
import dev.stoker.schema.Declared;
import dev.stoker.schema.Names;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Alloy's components that have a counterpart here, which follow from what the kinds of component
 * declare, and what to do about the other blocks.
 */
final class KnownBlocks {
  static final Map<String, BlockSpec> COMPONENTS = components();

  private static Map<String, BlockSpec> components() {
    Map<String, BlockSpec> specs = new LinkedHashMap<>();
    for (ComponentKind<?> kind : ComponentKinds.ALL) {
      if (kind.alloy().known()) {
        Declared declared = Declared.by(args -> kind.read(kind.name() + ".declared", args));
        specs.put(kind.name(), BlockSpec.of(declared, kind.alloy().leftOut(), ""));
      }
    }
    return specs;
  }

  /** Whether a block has a counterpart that is a component. */
  static boolean isComponent(String name) {
    return COMPONENTS.containsKey(name);
  }

  /** Whether a block is translated, or stands where it is used. */
  static boolean hasCounterpart(String name) {
    return isComponent(name) || name.equals("local.file");
  }

  /**
   * Runs whether something refers to it or not; a pyroscope component without a counterpart is an
   * error.
   */
  static boolean isRoot(String name) {
    return name.equals("logging")
        || name.equals("http")
        || name.startsWith("pyroscope.")
            && !name.equals("pyroscope.ebpf")
            && !name.equals("pyroscope.java");
  }

  /** Says what to do about a block that has no counterpart. */
  static String advice(String name) {
    if (!name.startsWith("pyroscope.") && Names.isSlipOf(name, "pyroscope")
        || name.startsWith("pyroscope.") && nearest(name).isPresent()) {
      return "there is no " + name + nearest(name).map(n -> "; did you mean " + n + "?").orElse("");
    }
    if (name.startsWith("discovery.")) {
      return "Stoker has no "
          + name
          + "; use one of "
          + String.join(
              ", ", COMPONENTS.keySet().stream().filter(k -> k.startsWith("discovery.")).toList())
          + ", or let something write its targets into files for discovery.file";
    }
    if (name.startsWith("pyroscope.")) {
      return "Stoker has no "
          + name
          + ": it pulls profiles over HTTP; keep Alloy for this one, and take the block out of the"
          + " copy for Stoker";
    }
    if (name.startsWith("remote.")) {
      return "Stoker has no "
          + name
          + "; mount the value as a file (local.file here, an argument that ends in _file there), or"
          + " set an environment variable (sys.env)";
    }
    return switch (name) {
      case "declare", "foreach", "argument", "export" ->
          "custom components are not known here; write out what it stands for";
      case "import.file", "import.git", "import.http", "import.string" ->
          "modules of this kind are not read here; import.file reads a file, import.string a text";
      case "remotecfg" ->
          "Stoker reads its config from files only; take the block out and deliver the file";
      default ->
          name
              + " is nothing about profiles, or not known here; Stoker does profiles only: keep Alloy"
              + " for it, and take the block out of the copy for Stoker";
    };
  }

  private static Optional<String> nearest(String name) {
    return Names.nearest(name, COMPONENTS.keySet());
  }

  private KnownBlocks() {}
}
