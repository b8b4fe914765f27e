package dev.stoker.write.pyroscope;

import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.edit.SampleLabels;
import dev.stoker.pprof.wire.Workspace;
import io.vertx.core.Future;

/** Work on bodies at once, in the thread that asks. */
final class TestBodies {
  static final BodyEditor EDITOR = TestBodies::edit;

  private static Future<SampleLabels.Edited> edit(byte[] body, SampleLabels.Editor editor) {
    try (Workspace workspace = new Workspace()) {
      return Future.succeededFuture(SampleLabels.edit(body, 64 << 20, editor, workspace));
    } catch (MalformedProfileException malformed) {
      return Future.failedFuture(malformed);
    }
  }

  private TestBodies() {}
}
