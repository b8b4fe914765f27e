package dev.stoker.app.command;

import dev.stoker.component.Component;
import dev.stoker.component.ForwardTo;
import dev.stoker.component.Preparation;
import dev.stoker.component.Services;
import dev.stoker.http.client.ClientAccess;
import dev.stoker.http.client.HttpClientConfig;
import java.util.List;

/** For components that need nothing of a daemon. */
final class NoDaemon implements Preparation.Surroundings {
  @Override
  public Services services() {
    throw new UnsupportedOperationException();
  }

  @Override
  public ClientAccess open(Component component, HttpClientConfig config) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ClientAccess lend(Component component, HttpClientConfig config) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ForwardTo forwardTo(List<String> receivers) {
    throw new UnsupportedOperationException();
  }
}
