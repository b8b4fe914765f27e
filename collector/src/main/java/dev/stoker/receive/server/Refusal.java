package dev.stoker.receive.server;

/**
 * The reason why a request is not taken.
 *
 * @param words for the client and for the pages
 */
public record Refusal(Kind kind, String words) {
  /** What a client can do about it; each protocol has its own code for it. */
  public enum Kind {
    /** The client sends what nobody takes; to send it again is of no use. */
    INVALID(400),
    /** It is larger than a limit. */
    TOO_LARGE(400),
    UNAUTHENTICATED(401),
    NOT_FOUND(404),
    METHOD(405),
    /** The body was not whole in time. */
    SLOW(408),
    MEDIA_TYPE(415),
    /** A failure of Stoker's own. */
    INTERNAL(500),
    /** The client asks for what no version takes, such as another compression. */
    UNSUPPORTED(501),
    /** There is no room now, and will be later. */
    BUSY(503),
    /** This needs HTTP/2. */
    HTTP_VERSION(505);

    private final int status;

    Kind(int status) {
      this.status = status;
    }

    /** Of HTTP. */
    public int status() {
      return status;
    }

    /** The value of the metric's label. */
    public String label() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /** Seconds after which a client may try again. */
  public static final int RETRY_AFTER = 5;

  public static Refusal invalid(String words) {
    return new Refusal(Kind.INVALID, words);
  }

  /** A failure of Stoker's own: the log says which, and not the answer. */
  public static Refusal bug() {
    return new Refusal(Kind.INTERNAL, "an internal error of Stoker, see its log");
  }

  public static Refusal busy(String words) {
    return new Refusal(Kind.BUSY, words);
  }
}
