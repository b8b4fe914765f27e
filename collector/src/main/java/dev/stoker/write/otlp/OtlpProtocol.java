package dev.stoker.write.otlp;

import dev.stoker.write.endpoint.Protocol;
import org.jspecify.annotations.Nullable;

/**
 * OTLP profiles. An endpoint keeps its queue when it changes from one form to the other. Servers
 * differ in their limits, so nothing is said of them.
 */
public enum OtlpProtocol implements Protocol {
  HTTP("http/protobuf"),
  GRPC("grpc");

  private final String text;

  OtlpProtocol(String text) {
    this.text = text;
  }

  /** As it is in a config. */
  String text() {
    return text;
  }

  @Override
  public String kind() {
    return "otlp";
  }

  @Override
  public String meters() {
    return "otlp.write";
  }

  @Override
  public @Nullable String exceededLimits(long inflatedBytes) {
    return null;
  }

  @Override
  public boolean throttlesSize(long inflatedBytes) {
    return false;
  }
}
