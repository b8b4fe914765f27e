package dev.stoker.profile.relabel;

import dev.stoker.pprof.edit.SampleLabels;
import java.util.function.Consumer;

/** Edits the labels inside a body where CPU work belongs: not on the control context. */
@FunctionalInterface
public interface SampleEditing {
  /**
   * Exactly one of the two is called, on the control context.
   *
   * @param failed gets a {@link dev.stoker.pprof.MalformedProfileException} when the body cannot be
   *     read
   */
  void edit(
      byte[] body,
      SampleLabels.Editor editor,
      Consumer<SampleLabels.Edited> done,
      Consumer<Throwable> failed);
}
