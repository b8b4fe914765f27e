package dev.stoker.http.secret;

import dev.stoker.concurrent.Timers;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Content that is made of secrets and their files. The files are looked at every 5 seconds and read
 * again when one has changed. Content that has been read once stays in use until newer content is
 * good. Files are read on a worker thread; everything else runs on the control context.
 */
public final class WatchedFiles<M> {
  private static final Logger log = LoggerFactory.getLogger(WatchedFiles.class);
  private static final long LOOK_MILLIS = 5_000;

  /** What is read, and what it is for. */
  public interface Source<M> {
    /** The secrets that are kept in files. */
    List<Secret> files();

    /**
     * Reads everything. It is called on a worker thread if {@link #blocks} says so.
     *
     * @throws IOException if there is no usable content; the message is for people
     */
    M read() throws IOException;

    /** Reading without files may take long too, for example when certificates are parsed. */
    default boolean blocks() {
      return !files().isEmpty();
    }

    /**
     * The files have been looked at. Called on the control context, also when nothing has changed.
     *
     * @return a warning about the content as it is now, or "" for none
     */
    String looked(M content);
  }

  private final Vertx vertx;
  private final Timers timers;
  private final Source<M> source;
  private String owner = "";
  private @Nullable Read<M> last;
  private String problem = "its credential or certificate files are not read yet";
  private String warned = "";
  private boolean failing;
  private Timers.Cancellable looking = () -> {};
  private boolean closed;

  /** Content with the stamps that its files had just before. */
  private record Read<M>(M content, List<String> stamps) {}

  public WatchedFiles(Vertx vertx, Timers timers, Source<M> source) {
    this.vertx = vertx;
    this.timers = timers;
    this.source = source;
  }

  /** Sets the name of the component that log lines are about. */
  public void of(String component) {
    owner = component;
  }

  /**
   * Reads the content for the first time, and goes on to look at the files.
   *
   * @return succeeds in any case; {@link #problem} then says whether there is content
   */
  public Future<Void> open() {
    if (!source.blocks()) {
      try {
        took(read());
      } catch (IOException wrong) {
        failed(wrong);
      }
      return Future.succeededFuture();
    }
    timers.control().assertOn();
    return look();
  }

  /** The content in use, or null if there has not been any yet. */
  public @Nullable M content() {
    return last == null ? null : last.content();
  }

  /** Why there is no content yet, or "" if there is some. */
  public String problem() {
    return problem;
  }

  private Read<M> read() throws IOException {
    // Stamps come first: a file that changes while it is read is read again.
    List<String> stamps = stamps();
    return new Read<>(source.read(), stamps);
  }

  private List<String> stamps() {
    return source.files().stream().map(SecretFile::stamp).toList();
  }

  private Future<Void> look() {
    Read<M> before = last;
    return vertx
        .executeBlocking(
            () -> {
              boolean same = before != null && stamps().equals(before.stamps());
              return same ? Objects.requireNonNull(before) : read();
            },
            false)
        // One step: of several listeners, one that is added late may run before an earlier one.
        .transform(
            (now, failure) -> {
              try {
                if (failure == null) {
                  took(now);
                } else {
                  failed(failure);
                }
              } catch (Throwable thrown) {
                bug(thrown);
              } finally {
                lookLater();
              }
              return Future.succeededFuture();
            });
  }

  private void lookLater() {
    if (!closed && !source.files().isEmpty()) {
      looking = timers.after(LOOK_MILLIS, this::look);
    }
  }

  private void took(Read<M> now) {
    if (failing) {
      log.atInfo()
          .addKeyValue("component", owner)
          .addKeyValue("files", source.files().stream().map(Secret::file).distinct().toList())
          .log("credentials and certificates can be read again");
    } else if (last != null && now != last) {
      log.atInfo()
          .addKeyValue("component", owner)
          .addKeyValue("files", changed(last.stamps(), now.stamps()))
          .log("credentials or certificates have changed and were read again");
    }
    failing = false;
    last = now;
    problem = "";
    warn(source.looked(now.content()));
  }

  private List<String> changed(List<String> before, List<String> now) {
    List<Secret> files = source.files();
    List<String> changed = new ArrayList<>();
    for (int i = 0; i < files.size(); i++) {
      if (!before.get(i).equals(now.get(i))) {
        changed.add(files.get(i).file());
      }
    }
    return changed;
  }

  private void failed(Throwable failure) {
    String message = String.valueOf(failure.getMessage());
    if (last == null) {
      problem = message;
    } else {
      failing = true;
      warn(message + "; the last good content stays in use");
    }
  }

  /** A token may be rotated after a bug too, so the files are looked at again. */
  private void bug(Throwable thrown) {
    String message = thrown.toString();
    if (!message.equals(warned)) {
      log.atError()
          .addKeyValue("component", owner)
          .setCause(thrown)
          .log("bug: credentials and certificates were not taken over; they are read again later");
    }
    warned = message;
  }

  /** Each message is logged once, until another one comes in between. */
  private void warn(String message) {
    if (!message.isEmpty() && !message.equals(warned)) {
      log.atWarn().addKeyValue("component", owner).log("{}", message);
    }
    warned = message;
  }

  /** Stops looking at the files. */
  public void close() {
    closed = true;
    looking.cancel();
  }
}
