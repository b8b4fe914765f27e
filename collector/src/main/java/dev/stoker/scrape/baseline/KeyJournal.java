package dev.stoker.scrape.baseline;

import dev.stoker.concurrent.FileThread;
import dev.stoker.scrape.baseline.BaselineFiles.KeyChange;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Appends to the file of series one batch at a time: what comes meanwhile is the next batch. Called
 * on the control context; the file thread writes. A failure is logged once until a write succeeds
 * again.
 */
final class KeyJournal {
  private static final Logger log = LoggerFactory.getLogger(Baselines.class);

  private final BaselineFiles files;
  private final FileThread writer;
  private List<KeyChange> unwritten = new ArrayList<>();
  private boolean writing;
  private boolean failing;

  KeyJournal(BaselineFiles files, FileThread writer) {
    this.files = files;
    this.writer = writer;
  }

  void record(KeyChange change) {
    unwritten.add(change);
    write();
  }

  private void write() {
    if (writing || unwritten.isEmpty()) {
      return;
    }
    writing = true;
    List<KeyChange> batch = unwritten;
    unwritten = new ArrayList<>();
    writer
        .run(() -> files.append(batch))
        .onComplete(
            done -> {
              writing = false;
              report(done.cause());
              write();
            });
  }

  private void report(@Nullable Throwable failure) {
    if (failure != null && !failing) {
      log.atWarn()
          .addKeyValue("error", String.valueOf(failure))
          .log(
              "cannot note which series have a baseline; after a crash their gaps would not be"
                  + " counted");
    }
    failing = failure != null;
  }
}
