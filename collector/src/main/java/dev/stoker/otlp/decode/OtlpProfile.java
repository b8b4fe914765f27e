package dev.stoker.otlp.decode;

import java.util.List;

/**
 * A profile of one service and of one sample type.
 *
 * @param labels each name once
 * @param body pprof, gzipped; nobody else has it
 */
public record OtlpProfile(List<Label> labels, byte[] body) {
  /** A label of the series. */
  public record Label(String name, String value) {}

  public OtlpProfile {
    labels = List.copyOf(labels);
  }
}
