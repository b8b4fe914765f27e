package dev.stoker.config;

import dev.stoker.scrape.ProfileType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads <code>profiling_config.profile</code>: the built-in types, overlaid, and custom ones. */
final class ProfileTypes {
  private final Problems problems;

  ProfileTypes(Problems problems) {
    this.problems = problems;
  }

  /** Enabled types only. */
  List<ProfileType> read(@Nullable Node profiling) {
    Map<String, ProfileType> types = new LinkedHashMap<>();
    ProfileType.DEFAULTS.forEach(type -> types.put(type.key(), type));
    Node profile = profiling == null ? null : profiling.object("profile");
    if (profile != null) {
      for (ProfileType type : ProfileType.DEFAULTS) {
        Node block = profile.object(type.key());
        if (block != null) {
          types.put(type.key(), overlay(block, type));
        }
      }
      Node custom = profile.object("custom");
      if (custom != null) {
        for (String name : custom.keys()) {
          Node block = custom.object(name);
          if (block != null) {
            types.put(name, custom(block, name));
          }
        }
      }
      profile.finish();
    }
    List<ProfileType> enabled = new ArrayList<>(types.values());
    enabled.removeIf(type -> !type.enabled());
    return enabled;
  }

  private static ProfileType overlay(Node block, ProfileType defaults) {
    ProfileType type =
        new ProfileType(
            defaults.key(),
            block.bool("enabled", defaults.enabled()),
            path(block, defaults.path()),
            block.bool("delta", defaults.timed()));
    block.finish();
    return type;
  }

  private ProfileType custom(Node block, String name) {
    for (String required : List.of("enabled", "path")) {
      if (!block.has(required)) {
        problems.error(
            block.origin(),
            block.path(),
            required + " is missing; a custom profile needs enabled and path");
      }
    }
    if (!name.matches("[a-zA-Z_][a-zA-Z0-9_]*")) {
      problems.error(
          block.origin(), block.path(), "is no valid profile name; use letters, digits and _");
    }
    ProfileType type =
        new ProfileType(
            name, block.bool("enabled", false), path(block, "/"), block.bool("delta", false));
    block.finish();
    return type;
  }

  private static String path(Node block, String fallback) {
    String path = block.string("path", fallback);
    if (path.contains("://") || path.isBlank()) {
      block.error(
          "path", "is no URL path: \"" + path + "\"; write one such as /debug/pprof/allocs");
      return fallback;
    }
    return path;
  }
}
