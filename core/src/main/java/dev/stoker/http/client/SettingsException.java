package dev.stoker.http.client;

/**
 * No request can be made as the settings ask for: a file cannot be read, or there is no token. The
 * message is for people and holds no secret.
 */
public final class SettingsException extends Exception {
  private static final long serialVersionUID = 1;
  private final boolean lasting;

  /**
   * @param lasting true if somebody has to change the config or a file; false if the failure may
   *     pass by itself
   */
  SettingsException(String message, boolean lasting) {
    super(message, null, false, false);
    this.lasting = lasting;
  }

  public boolean lasting() {
    return lasting;
  }
}
