package dev.stoker.http.client;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/** An exchange has come to no answer. Who has asked finds the words for it. */
public final class ExchangeException extends Exception {
  private static final long serialVersionUID = 1;

  private final Kind kind;
  private final URI url;
  private final String location;

  /** In which way. */
  public enum Kind {
    /** No request could be sent: the cause says why. */
    UNREACHABLE,
    /** The connection has ended in between: the cause says why. */
    BROKEN,
    TIMEOUT,
    REDIRECT_LOOP,
    /** A redirect leads to what is neither http nor https. */
    BAD_REDIRECT,
    /** By whoever asked. */
    STOPPED
  }

  /**
   * @param url that was asked last
   * @param location where a redirect leads; "" = it is about none
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

  /** Of those kinds that have one. */
  public Throwable reason() {
    Throwable cause = getCause();
    return cause == null ? this : cause;
  }
}
