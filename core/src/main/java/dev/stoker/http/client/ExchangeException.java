package dev.stoker.http.client;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/** An exchange has ended without an answer. The caller finds the words for people. */
public final class ExchangeException extends Exception {
  private static final long serialVersionUID = 1;

  private final Kind kind;
  private final URI url;
  private final String location;

  /** The way in which it has ended. */
  public enum Kind {
    /** No request could be sent; the cause says why. */
    UNREACHABLE,
    /** The connection ended before the answer was whole; the cause says why. */
    BROKEN,
    /** The deadline of the exchange has passed. */
    TIMEOUT,
    /** There were more redirects than are followed. */
    REDIRECT_LOOP,
    /** A redirect leads to something that is neither http nor https. */
    BAD_REDIRECT,
    /** The caller has stopped it. */
    STOPPED
  }

  /**
   * @param url the URL that was asked last
   * @param location where the last redirect leads, or "" if the failure is not about one
   */
  ExchangeException(Kind kind, URI url, String location, @Nullable Throwable cause) {
    super(kind.name(), cause, false, false);
    this.kind = kind;
    this.url = url;
    this.location = location;
  }

  public Kind kind() {
    return kind;
  }

  public URI url() {
    return url;
  }

  public String location() {
    return location;
  }

  /** The cause, or this exception if its kind has none. */
  public Throwable reason() {
    Throwable cause = getCause();
    return cause == null ? this : cause;
  }
}
