package dev.stoker.profile.relabel;

import dev.stoker.relabel.Relabeler;
import java.util.List;

/**
 * What happens to the labels inside profiles.
 *
 * @param relabeler sees the text labels of a sample, and nothing of the target
 * @param maxLabelSets different label sets of one profile, each a series of the server; 0 = no cap
 */
public record SampleRules(Relabeler relabeler, int maxLabelSets) {
  /** They stay as they are. */
  public static final SampleRules NONE = new SampleRules(new Relabeler(List.of()), 0);

  boolean isNone() {
    return relabeler.rules().isEmpty() && maxLabelSets == 0;
  }
}
