package dev.stoker.write.pyroscope;

import dev.stoker.pprof.edit.SampleLabels;
import io.vertx.core.Future;

/** Edits the labels inside a body where CPU work belongs: not on the control context. */
@FunctionalInterface
public interface BodyEditor {
  /**
   * @return fails with {@link dev.stoker.pprof.MalformedProfileException} when the body cannot be
   *     read; completes on the control context
   */
  Future<SampleLabels.Edited> edit(byte[] body, SampleLabels.Editor editor);
}
