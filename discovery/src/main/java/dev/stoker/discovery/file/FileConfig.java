package dev.stoker.discovery.file;

import java.time.Duration;
import java.util.List;

/**
 * A <code>discovery.file</code> component.
 *
 * @param files paths of JSON or YAML files; <code>*</code> may stand in the last part
 * @param refreshInterval every file is read again after this, changed or not
 */
public record FileConfig(String component, List<String> files, Duration refreshInterval) {
  public FileConfig {
    files = List.copyOf(files);
  }
}
