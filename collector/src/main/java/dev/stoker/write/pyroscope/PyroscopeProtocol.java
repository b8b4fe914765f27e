package dev.stoker.write.pyroscope;

import dev.stoker.write.endpoint.Protocol;
import org.jspecify.annotations.Nullable;

/** Pyroscope's push protocol. */
public final class PyroscopeProtocol implements Protocol {
  public static final PyroscopeProtocol INSTANCE = new PyroscopeProtocol();

  @Override
  public String kind() {
    return "pyroscope";
  }

  /** Its queues on disk are older than all other protocols. */
  @Override
  public String queueIdentity(String endpoint) {
    return endpoint;
  }

  @Override
  public String meters() {
    return "pyroscope.write";
  }

  @Override
  public @Nullable String exceededLimits(long inflatedBytes) {
    return ServerLimits.hint(inflatedBytes);
  }

  @Override
  public boolean throttlesSize(long inflatedBytes) {
    return inflatedBytes > ServerLimits.BURST;
  }

  private PyroscopeProtocol() {}
}
