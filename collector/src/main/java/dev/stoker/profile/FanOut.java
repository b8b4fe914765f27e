package dev.stoker.profile;

import java.util.List;

/** One appender to many; they never wait for each other. Accepted when at least one accepts. */
public final class FanOut implements Appender {
  private final List<Appender> appenders;

  public FanOut(List<Appender> appenders) {
    this.appenders = List.copyOf(appenders);
  }

  @Override
  public boolean append(Profile profile) {
    boolean accepted = false;
    for (Appender appender : appenders) {
      accepted |= appender.append(profile);
    }
    return accepted;
  }
}
