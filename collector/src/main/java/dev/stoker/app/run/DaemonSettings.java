package dev.stoker.app.run;

import ch.qos.logback.classic.Level;
import dev.stoker.app.log.Logs;
import dev.stoker.config.daemon.DaemonConfig;
import java.util.ArrayList;
import java.util.List;

/** Settings of the daemon itself: which follow a reload, and which hold from the next start on. */
final class DaemonSettings {
  private final DaemonConfig atStart;
  private DaemonConfig now;

  DaemonSettings(DaemonConfig atStart) {
    this.atStart = atStart;
    this.now = atStart;
  }

  /**
   * @return what needs a restart, for people
   */
  List<String> apply(DaemonConfig next) {
    if (!next.logLevel().equals(now.logLevel()) || next.jsonLog() != now.jsonLog()) {
      Logs.configure(Level.toLevel(next.logLevel()), next.jsonLog());
    }
    now = next;
    List<String> notes = new ArrayList<>();
    if (!next.host().equals(atStart.host()) || next.port() != atStart.port()) {
      notes.add(
          "stoker.http.listen has changed; Stoker listens on "
              + atStart.host()
              + ":"
              + atStart.port()
              + " until it is restarted");
    }
    if (!next.access().equals(atStart.access())) {
      notes.add(
          "stoker.http (tls, basic_auth, bearer_token, open_paths, remote) has changed; what it was at the"
              + " start holds until Stoker is restarted; files that it names are re-read at once");
    }
    if (!next.storage().equals(atStart.storage())) {
      notes.add(
          "stoker.storage.path has changed; Stoker writes to "
              + atStart.storage()
              + " until it is restarted");
    }
    return notes;
  }
}
