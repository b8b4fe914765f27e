package dev.stoker.scrape.component;

import dev.stoker.pprof.wire.KeptTypes;
import dev.stoker.schema.Args;
import dev.stoker.schema.Converter;
import dev.stoker.schema.Node;
import dev.stoker.schema.Scalars;
import dev.stoker.scrape.target.Content;
import dev.stoker.scrape.target.ProfileType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the <code>profile</code> blocks of <code>profiling_config</code>. */
final class ProfileTypesReader {
  private static final String CUSTOM = "custom";

  /** A path on the target that is not empty. */
  static final Converter<String> PATH = Converter.of("path", ProfileTypesReader::nonEmptyPath);

  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  /** Enabled types only: built-in ones in their fixed order, then custom ones as written. */
  static List<ProfileType> read(Args profiling) {
    Args profile = profiling.block("profile").spelled("profile type", ProfileNames::meant);
    Map<String, ProfileType> types = new LinkedHashMap<>();
    for (ProfileType builtIn : ProfileType.BUILT_IN) {
      profile.declareBlock(builtIn.key(), args -> type(args, builtIn));
      types.put(builtIn.key(), profile.get(builtIn.key(), builtIn, node -> type(node, builtIn)));
    }
    profile.declareNamed(CUSTOM, args -> custom("name", args));
    Node custom = profile.node(CUSTOM);
    Args customs = custom == null ? null : Args.of(custom);
    if (custom != null && customs != null) {
      custom.children().forEach(child -> addCustom(child.getKey(), child.getValue(), types));
    }
    profile.finish();
    List<ProfileType> enabled = types.values().stream().filter(ProfileType::enabled).toList();
    if (enabled.isEmpty()) {
      profile.block().warn("no profile type is enabled, so nothing is scraped");
    }
    return enabled;
  }

  private static @Nullable ProfileType type(Node node, ProfileType defaults) {
    Args args = Args.of(node);
    return args == null ? null : type(args, defaults);
  }

  private static ProfileType type(Args args, ProfileType defaults) {
    ProfileType type =
        new ProfileType(
            defaults.key(),
            args.get("enabled", defaults.enabled(), Scalars.flag()),
            args.get("path", defaults.path(), PATH),
            args.get("delta", defaults.timed(), Scalars.flag()),
            kept(args),
            defaults.content());
    if (type.content() == Content.JFR && !type.kept().isAll()) {
      args.problem(
          "keep_sample_types",
          "does not work on a recording, which becomes several profiles; drop some of them by their"
              + " __name__ in a pyroscope.relabel");
    }
    args.finish();
    return type;
  }

  private static KeptTypes kept(Args args) {
    return args.get(
        "keep_sample_types",
        KeptTypes.ALL,
        Converter.of(
            "list of texts",
            ProfileTypesReader::sampleTypes,
            kept -> String.join(", ", kept.names())));
  }

  /** Which there are is the target's to say: a name that is not there is its last_error. */
  private static @Nullable KeptTypes sampleTypes(Node node) {
    List<String> names = Scalars.texts().convert(node);
    if (names == null) {
      return null;
    }
    if (names.isEmpty() || names.stream().anyMatch(String::isBlank)) {
      node.error(
          "must name sample types such as [ inuse_space ]; leave it out to send all of them");
      return null;
    }
    return new KeptTypes(names);
  }

  /** A custom type that is named like a built-in one takes its place, as in Alloy. */
  private static void addCustom(String name, Node node, Map<String, ProfileType> types) {
    if (!NAME.matcher(name).matches()) {
      node.error("is no valid profile name; use letters, digits and _, and no digit first");
      return;
    }
    Args args = Args.of(node);
    if (args != null) {
      types.put(name, custom(name, args));
    }
  }

  private static ProfileType custom(String name, Args args) {
    ProfileType type =
        new ProfileType(
            name,
            args.require("enabled", false, "enabled = true", Scalars.flag()),
            args.require("path", "/", "path = \"/debug/pprof/" + name + "\"", PATH),
            args.get("delta", false, Scalars.flag()),
            kept(args));
    args.finish();
    return type;
  }

  static @Nullable String nonEmptyPath(Node node) {
    String path = path(node);
    if (path != null && path.isEmpty()) {
      node.error("is empty; write a path such as /debug/pprof/allocs, or leave it out");
      return null;
    }
    return path;
  }

  /** A path on the target; the host comes from the target. */
  static @Nullable String path(Node node) {
    String path = Scalars.text(node);
    if (path != null && path.contains("://")) {
      node.error(
          node.describe() + " is a URL; write the path only, as the host comes from the target");
      return null;
    }
    if (path != null && path.chars().anyMatch(c -> c <= ' ' || c == 127 || c == '#')) {
      node.error(node.describe() + " holds a space, a # or a control character; take it out");
      return null;
    }
    return path;
  }

  private ProfileTypesReader() {}
}
