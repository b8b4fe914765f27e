package dev.stoker.jvm.recording;

import java.io.IOException;

/** The bytes are no recording, or a damaged one. Users see the message as a target's last_error. */
public final class MalformedRecordingException extends IOException {
  private static final long serialVersionUID = 1L;

  public MalformedRecordingException(String message) {
    super(message);
  }

  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
