package dev.stoker.pprof.edit;

import java.util.List;

/**
 * The text labels that some samples of one profile have in common: to Pyroscope, a series.
 *
 * @param labels as they stand in the sample; a name may stand twice
 * @param weight the samples' values of the profile's last sample type, added up
 */
public record LabelSet(List<Label> labels, long weight) {}
