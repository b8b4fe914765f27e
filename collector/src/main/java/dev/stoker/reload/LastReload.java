package dev.stoker.reload;

import java.time.Instant;

/**
 * The last reload, or the first load.
 *
 * @param trigger start, request, signal or file
 */
public record LastReload(Instant at, String trigger, ReloadResult result) {
  public boolean successful() {
    return result instanceof ReloadResult.Reloaded;
  }
}
