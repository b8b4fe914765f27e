package dev.stoker.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigResolver;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import dev.stoker.config.text.SyntaxMessages;
import dev.stoker.schema.Texts;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Resolves <code>${…}</code>, first from the config, then from the environment. */
final class Substitutions {
  private static final Pattern CYCLE = Pattern.compile("cycle of substitutions involving (.*)");

  /**
   * A substitution without a value stays unresolved. An environment variable that is empty counts
   * as not set for <code>${?X}</code>, as in Alloy's <code>coalesce</code>: what stands before it
   * keeps its value.
   *
   * @throws ConfigException for a cycle
   */
  static ConfigObject resolve(ConfigObject root, Map<String, String> env) {
    Map<String, String> filled = new HashMap<>(env);
    filled.values().removeIf(String::isEmpty);
    ConfigObject resolved = resolved(root, filled);
    boolean more = filled.size() < env.size() && !resolved.toConfig().isResolved();
    return more ? resolved(resolved, env) : resolved;
  }

  private static ConfigObject resolved(ConfigObject root, Map<String, String> env) {
    return root.toConfig()
        .resolve(
            ConfigResolveOptions.noSystem()
                .setAllowUnresolved(true)
                .appendResolver(new Environment(env)))
        .root();
  }

  static String message(ConfigException failure) {
    Matcher cycle = CYCLE.matcher(String.valueOf(failure.getMessage()));
    return cycle.find()
        ? "substitutions refer to each other in a cycle: " + Texts.excerpt(cycle.group(1))
        : SyntaxMessages.of(failure);
  }

  private record Environment(Map<String, String> env) implements ConfigResolver {
    @Override
    public @Nullable ConfigValue lookup(String path) {
      String value = env.get(path);
      return value == null
          ? null
          : ConfigValueFactory.fromAnyRef(value, "environment variable " + path);
    }

    @Override
    public ConfigResolver withFallback(ConfigResolver fallback) {
      return this;
    }
  }

  private Substitutions() {}
}
