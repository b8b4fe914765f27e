package dev.stoker.alloy;

import dev.stoker.alloy.custom.CustomComponents;
import dev.stoker.alloy.syntax.Statement.Block;
import dev.stoker.schema.Names;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Decides about blocks that have no counterpart here and about blocks that nobody needs: they are
 * left out with a note, or they are an error.
 */
final class UntranslatedBlocks {
  /** The reason why a block is left out; a loud one is a warning. */
  record LeftOutWhy(String why, boolean loud) {}

  private static final String NO_NEED = "no pyroscope component needs it";

  /** Settings of Alloy itself. */
  private static final Map<String, String> SETTINGS =
      Map.of(
          "tracing", "Stoker does not trace itself",
          "livedebugging", "Stoker's pages need no switch");

  /** Profilers that Stoker does not have, by what is missing without them. */
  private static final Map<String, String> PROFILERS =
      Map.of(
          "pyroscope.ebpf",
          "Stoker has no eBPF profiler. The CPU profiles that it took of the processes on this host"
              + " are missing: keep an Alloy with this block for them, or pull profiles over HTTP by"
              + " pyroscope.scrape",
          "pyroscope.java",
          "Stoker attaches to no JVM. The CPU, allocation and lock profiles that it took of the JVMs"
              + " on this host are missing: keep an Alloy with this block for them, or pull them over"
              + " HTTP, see docs/profile-a-jvm.md");

  private final NeededBlocks needs;
  private final Predicate<Block> profiling;
  private final Predicate<String> custom;
  private final boolean strict;
  private final boolean whole;

  /**
   * @param custom the custom components of the config
   * @param strict what Stoker has no counterpart of is an error
   * @param whole nobody beyond these texts refers to their components
   */
  UntranslatedBlocks(
      NeededBlocks needs, CustomComponents.Expanded custom, boolean strict, boolean whole) {
    this.needs = needs;
    this.profiling = custom.profiling();
    this.custom = custom.known();
    this.strict = strict;
    this.whole = whole;
  }

  /**
   * @return empty when the block is to be translated, or is an error: see {@link #error}
   */
  Optional<LeftOutWhy> leftOut(Block block) {
    String name = block.name();
    String setting = SETTINGS.get(name);
    if (setting != null) {
      return Optional.of(new LeftOutWhy(setting, false));
    }
    boolean wanted = needs.isNeeded(block) || !whole && needs.isTranslatable(block);
    if (strict || KnownBlocks.isRoot(name) || KnownBlocks.hasCounterpart(name) && wanted) {
      return Optional.empty();
    }
    String profiler = PROFILERS.get(name);
    if (profiler != null) {
      return Optional.of(new LeftOutWhy(profiler, true));
    }
    return refuses(block) ? Optional.empty() : Optional.of(why(block));
  }

  /** Such a block is an error: without it, profiles would be missing that nobody could name. */
  private boolean refuses(Block block) {
    return switch (block.name()) {
      case "argument", "export" -> true;
      case "declare" -> profiling.test(block) && needs.isUsed(block.label());
      case "foreach" -> profiling.test(block);
      default -> Names.isSlipOf(block.name(), "pyroscope");
    };
  }

  private LeftOutWhy why(Block block) {
    String name = block.name();
    if (name.startsWith("import.")) {
      return new LeftOutWhy(
          "Stoker reads no modules of this kind. If it brings pyroscope components, their profiles are missing:"
              + " write them out here",
          true);
    }
    if (name.equals("remotecfg")) {
      return new LeftOutWhy(
          "Stoker reads its config from files only. If the server's config has pyroscope components,"
              + " their profiles are missing: deliver that config as a file",
          true);
    }
    if (needs.isNeeded(block)) {
      return new LeftOutWhy("Stoker has no " + name, false);
    }
    if (needs.sendsProfiles(block)) {
      return new LeftOutWhy(
          "Stoker has no "
              + name
              + ". It refers to a pyroscope component: profiles that it sent are"
              + " missing",
          true);
    }
    if (name.equals("declare") || name.equals("foreach") || custom.test(name)) {
      return new LeftOutWhy("it holds no pyroscope component", false);
    }
    return new LeftOutWhy(
        KnownBlocks.hasCounterpart(name) ? NO_NEED : "Stoker has no " + name + ", and " + NO_NEED,
        false);
  }

  /** Says what is wrong with a block that is neither translated nor left out, and what to write. */
  static String error(Block block) {
    return KnownBlocks.advice(block.name());
  }
}
