package dev.stoker.scrape.source.jolokia;

import dev.stoker.scrape.target.Source;
import java.util.Map;
import java.util.TreeMap;

/** The events that a recording of ours has. */
final class Events {
  /**
   * The events that profiles are made of and no others: half the bytes of the JDK's configuration
   * <code>profile</code>. The last three events tell how the recording was made, which its
   * conversion needs.
   */
  private static final Map<String, String> OURS =
      Map.ofEntries(
          Map.entry("jdk.ExecutionSample#enabled", "true"),
          Map.entry("jdk.ExecutionSample#period", "20 ms"),
          Map.entry("jdk.ObjectAllocationSample#enabled", "true"),
          Map.entry("jdk.ObjectAllocationSample#throttle", "150/s"),
          Map.entry("jdk.ObjectAllocationSample#stackTrace", "true"),
          Map.entry("jdk.JavaMonitorEnter#enabled", "true"),
          Map.entry("jdk.JavaMonitorEnter#threshold", "10 ms"),
          Map.entry("jdk.JavaMonitorEnter#stackTrace", "true"),
          Map.entry("jdk.ThreadPark#enabled", "true"),
          Map.entry("jdk.ThreadPark#threshold", "10 ms"),
          Map.entry("jdk.ThreadPark#stackTrace", "true"),
          Map.entry("jdk.ThreadStart#enabled", "true"),
          Map.entry("jdk.ActiveRecording#enabled", "true"),
          Map.entry("jdk.ActiveSetting#enabled", "true"));

  private Events() {}

  /** The settings of the config, over those of a configuration of the JDK or over ours. */
  static Map<String, String> settings(Source.Jolokia source, Map<String, String> base) {
    Map<String, String> settings = new TreeMap<>(source.configuration().isEmpty() ? OURS : base);
    settings.putAll(source.settings());
    return settings;
  }
}
