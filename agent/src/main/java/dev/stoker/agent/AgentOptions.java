package dev.stoker.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What is written behind <code>-javaagent:stoker-agent.jar=</code>: <code>
 * port=6060,host=127.0.0.1,token_file=/path</code>, all optional. Immutable.
 */
final class AgentOptions {
  static final int DEFAULT_PORT = 6060;
  private static final int MAX_TOKEN_BYTES = 64 << 10;
  private static final String NAMES = "port, host, token, token_file";

  private final String host;
  private final int port;
  private final String token;
  private final String tokenFile;

  private AgentOptions(String host, int port, String token, String tokenFile) {
    this.host = host;
    this.port = port;
    this.token = token;
    this.tokenFile = tokenFile;
  }

  /**
   * @throws IllegalArgumentException says which part makes no sense and what to write; never a
   *     token
   */
  static AgentOptions parse(String text) {
    String host = "127.0.0.1";
    int port = DEFAULT_PORT;
    String token = "";
    String tokenFile = "";
    for (String part : text.split(",", -1)) {
      if (part.isBlank()) {
        continue;
      }
      int equals = part.indexOf('=');
      String name = equals < 0 ? part.strip() : part.substring(0, equals).strip();
      String value = equals < 0 ? "" : part.substring(equals + 1).strip();
      if (value.isEmpty()) {
        throw new IllegalArgumentException(
            "\"" + name + "\" has no value; write NAME=VALUE with one of " + NAMES);
      }
      switch (name) {
        case "host":
          host = value;
          break;
        case "port":
          port = port(value);
          break;
        case "token":
          token = value;
          break;
        case "token_file":
          tokenFile = value;
          break;
        default:
          throw new IllegalArgumentException("\"" + name + "\" is unknown; there are " + NAMES);
      }
    }
    if (!token.isEmpty() && !tokenFile.isEmpty()) {
      throw new IllegalArgumentException("token and token_file are both set; leave one out");
    }
    return new AgentOptions(host, port, token, tokenFile);
  }

  private static int port(String value) {
    if (value.matches("\\d{1,5}") && Integer.parseInt(value) <= 65_535) {
      return Integer.parseInt(value);
    }
    throw new IllegalArgumentException(
        "port=" + value + " is no port; write a number from 0 (any free one) to 65535");
  }

  String host() {
    return host;
  }

  int port() {
    return port;
  }

  boolean wantsToken() {
    return !token.isEmpty() || !tokenFile.isEmpty();
  }

  /**
   * Read at each call, so that a rotated file needs no restart.
   *
   * @throws IOException the file cannot be read
   */
  String token() throws IOException {
    if (tokenFile.isEmpty()) {
      return token;
    }
    Path file = Path.of(tokenFile);
    if (!Files.isRegularFile(file) || Files.size(file) > MAX_TOKEN_BYTES) {
      // A pipe would keep its reader for ever.
      throw new IOException("it is missing, no regular file or far too large for a token");
    }
    String read = Files.readString(file).strip();
    if (read.isEmpty()) {
      throw new IOException("it is empty");
    }
    return read;
  }

  /** Without the token. */
  @Override
  public String toString() {
    return host + ":" + port;
  }
}
