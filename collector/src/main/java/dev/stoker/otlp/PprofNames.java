package dev.stoker.otlp;

import java.util.List;

/**
 * Attributes for what pprof has and OTLP has no field for, by OpenTelemetry's semantic conventions
 * (registry of attributes, <code>pprof</code>).
 */
public final class PprofNames {
  /** Of a location. */
  public static final String FOLDED = "pprof.location.is_folded";

  /** Of a mapping, by field of pprof's mapping, from 7. */
  public static final List<String> MAPPING_FLAGS =
      List.of(
          "pprof.mapping.has_functions",
          "pprof.mapping.has_filenames",
          "pprof.mapping.has_line_numbers",
          "pprof.mapping.has_inline_frames");

  private PprofNames() {}
}
