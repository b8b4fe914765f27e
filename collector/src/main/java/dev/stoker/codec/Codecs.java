package dev.stoker.codec;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What this JVM inflates and deflates bodies with: native libraries, when the system has them, this
 * JVM can call them and they pass {@link RoundTrip}; the JDK's own zlib otherwise. Nothing is
 * bundled or downloaded. One object of it serves all threads.
 */
public final class Codecs {
  private final LibdeflateInflater.@Nullable Functions inflate;
  private final IsalDeflater.@Nullable Functions deflate;
  private final String whyNot;

  private Codecs(
      LibdeflateInflater.@Nullable Functions inflate,
      IsalDeflater.@Nullable Functions deflate,
      String whyNot) {
    this.inflate = inflate;
    this.deflate = deflate;
    this.whyNot = whyNot;
  }

  /** The JDK's zlib for both. */
  public static Codecs jdk() {
    return new Codecs(null, null, "");
  }

  /** The best that there is; takes some milliseconds, for the libraries are tried out. */
  public static Codecs best() {
    if (System.getProperty("stoker.codecs", "").equals("jdk")) {
      return new Codecs(null, null, "-Dstoker.codecs=jdk switches native libraries off");
    }
    if (!ForeignFunctions.areHere()) {
      return new Codecs(null, null, "native libraries need JDK 22 or newer");
    }
    StringBuilder why = new StringBuilder();
    LibdeflateInflater.Functions inflate = null;
    IsalDeflater.Functions deflate = null;
    try {
      inflate = LibdeflateInflater.Functions.link();
      try (WholeInflater tried = new LibdeflateInflater(inflate)) {
        RoundTrip.check(tried);
      }
    } catch (ReflectiveOperationException | RuntimeException | LinkageError unusable) {
      inflate = null;
      why.append("libdeflate: ").append(words(unusable));
    }
    try {
      deflate = IsalDeflater.Functions.link();
      try (GzipDeflater tried = new IsalDeflater(deflate)) {
        RoundTrip.check(tried);
      }
    } catch (ReflectiveOperationException | RuntimeException | LinkageError unusable) {
      deflate = null;
      why.append(why.isEmpty() ? "" : "; ").append("ISA-L: ").append(words(unusable));
    }
    return new Codecs(inflate, deflate, why.toString());
  }

  private static String words(Throwable unusable) {
    Throwable cause = unusable.getCause() == null ? unusable : unusable.getCause();
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }

  /** For the log and <code>stoker version</code>. */
  public String line() {
    return "inflate "
        + inflateName()
        + ", deflate "
        + deflateName()
        + (whyNot.isEmpty() ? "" : " (" + whyNot + ")");
  }

  /** For metrics: <code>libdeflate</code> or <code>jdk</code>. */
  public String inflateName() {
    return inflate == null ? "jdk" : "libdeflate";
  }

  /** For metrics: <code>isal</code> or <code>jdk</code>. */
  public String deflateName() {
    return deflate == null ? "jdk" : "isal";
  }

  /** Why a native library is not used; empty = both are, or they were not asked for. */
  public String whyNot() {
    return whyNot;
  }

  /** A new one for one thread at a time; empty = only the JDK's inflater is there. */
  public Optional<WholeInflater> inflater() {
    if (inflate == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(new LibdeflateInflater(inflate));
    } catch (ReflectiveOperationException impossible) {
      throw new IllegalStateException(impossible); // it worked once
    }
  }

  /** A new one for one thread at a time. */
  public GzipDeflater deflater() {
    if (deflate == null) {
      return new JdkDeflater();
    }
    try {
      return new IsalDeflater(deflate);
    } catch (ReflectiveOperationException impossible) {
      throw new IllegalStateException(impossible); // it worked once
    }
  }
}
