package dev.stoker.config;

import dev.stoker.component.Component;
import dev.stoker.config.daemon.DaemonConfig;
import dev.stoker.config.source.LeftOutBlock;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A config without a problem.
 *
 * @param components in the order in which they are written, file by file
 * @param files all that were read, included ones too
 * @param leftOut blocks of Alloy configs that are not run
 * @param shown the whole config after substitution as HOCON, every secret masked
 */
public record LoadedConfig(
    DaemonConfig daemon,
    List<Component> components,
    List<LeftOutBlock> leftOut,
    List<Path> files,
    String shown) {
  public LoadedConfig {
    components = List.copyOf(components);
    leftOut = List.copyOf(leftOut);
    files = List.copyOf(files);
  }

  /** This config with settings that flags have overridden. */
  public LoadedConfig withDaemon(DaemonConfig overridden) {
    return new LoadedConfig(overridden, components, leftOut, files, shown);
  }

  /** This config with other components. */
  public LoadedConfig with(UnaryOperator<Component> change) {
    return new LoadedConfig(
        daemon, components.stream().map(change).toList(), leftOut, files, shown);
  }

  /** The configs of one kind, in config order. */
  public <T extends Record> List<T> all(Class<T> type) {
    return components.stream()
        .map(Component::config)
        .filter(type::isInstance)
        .map(type::cast)
        .toList();
  }
}
