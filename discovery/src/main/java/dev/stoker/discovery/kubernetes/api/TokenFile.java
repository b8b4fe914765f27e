package dev.stoker.discovery.kubernetes.api;

import dev.stoker.files.TextFile;
import io.fabric8.kubernetes.client.OAuthTokenProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A token that is rotated by replacing its file, as the kubelet does with ServiceAccount tokens:
 * read again after {@link #FRESH_NANOS}; the last good one stays when the file is gone or empty.
 * Called on the Kubernetes client's threads.
 */
final class TokenFile implements OAuthTokenProvider {
  private static final Logger log = LoggerFactory.getLogger(TokenFile.class);
  private static final int MAX_BYTES = 1 << 20;

  private static final long FRESH_NANOS = 1_000_000_000L;

  private final Path file;
  private final LongSupplier nanoTime;
  private String token = "";
  private long readAt;
  private boolean read;
  private boolean warned;

  TokenFile(Path file) {
    this(file, System::nanoTime);
  }

  /**
   * @param nanoTime monotonic nanoseconds
   */
  TokenFile(Path file, LongSupplier nanoTime) {
    this.file = file;
    this.nanoTime = nanoTime;
  }

  @Override
  public synchronized String getToken() {
    long now = nanoTime.getAsLong();
    if (!read || now - readAt > FRESH_NANOS) {
      try {
        String text = TextFile.read(file, MAX_BYTES).strip();
        if (text.isEmpty()) {
          throw new IOException("it is empty");
        }
        token = text;
        read = true;
        readAt = now;
        if (warned) {
          log.atInfo().addKeyValue("file", file).log("the token file can be read again");
        }
        warned = false;
      } catch (IOException unreadable) {
        if (!warned) {
          warned = true;
          log.atWarn()
              .addKeyValue("file", file)
              .addKeyValue("error", unreadable.toString())
              .log("cannot read the token file; the last good token stays in use");
        }
      }
    }
    return token;
  }
}
