package dev.stoker.http.client;

import dev.stoker.concurrent.Timers;
import dev.stoker.http.address.Urls;
import dev.stoker.http.client.BoundedClient.Answer;
import dev.stoker.http.failure.LoginPage;
import dev.stoker.http.secret.Redaction;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the token of one client. It is fetched when it is first needed, again before it expires,
 * and again when a server refuses it. There is one fetch at a time. A failure is remembered for 5
 * seconds, so that a token server that is down is not asked by every request.
 */
final class OAuth2Tokens {
  private static final long PAUSE = TimeUnit.SECONDS.toNanos(5);
  private static final long LEEWAY = TimeUnit.SECONDS.toNanos(60);
  private static final int EXCERPT = 200;

  private final Auth.OAuth2 config;
  private final Supplier<String> secret;
  private final BoundedClient client;
  private final Timers timers;

  /**
   * The secret goes into the body of the request. By RFC 6749, section 2.3.1, every server has to
   * take it from the header, but some take it from the body only.
   */
  private boolean inBody;

  private @Nullable Token token;
  private @Nullable Future<Token> fetching;
  private @Nullable SettingsException failure;
  private long failedAt;

  /** A header's value, and its times in nanoseconds of {@link Timers#nanoTime}. */
  private record Token(String header, long fetched, long lifetime) {
    long left(long now) {
      return lifetime - (now - fetched);
    }

    @Override
    public String toString() {
      return "Token[***]";
    }
  }

  /**
   * @param secret gives the client secret as it is now
   * @param client asks the token server; it is closed with this
   */
  OAuth2Tokens(Auth.OAuth2 config, Supplier<String> secret, BoundedClient client, Timers timers) {
    this.config = config;
    this.secret = secret;
    this.client = client;
    this.timers = timers;
  }

  /** The value of the Authorization header; fails with a {@link SettingsException}. */
  Future<String> header() {
    Token held = token;
    long now = timers.nanoTime();
    if (held == null || held.left(now) <= 0) {
      return fetch().map(Token::header);
    }
    if (held.left(now) < Math.min(LEEWAY, held.lifetime() / 5)) {
      fetch();
    }
    return Future.succeededFuture(held.header());
  }

  /** The token and the parameters that it was asked for with; all of them are secret. */
  Stream<String> sent() {
    return Stream.concat(
        Redaction.credentials(token == null ? "" : token.header()),
        config.params().values().stream());
  }

  /** A server has answered 401 to a request with the token, so another one is fetched. */
  void refused() {
    Token held = token;
    if (held != null && timers.nanoTime() - held.fetched() > PAUSE) {
      token = null;
    }
  }

  private Future<Token> fetch() {
    Future<Token> running = fetching;
    if (running != null) {
      return running;
    }
    SettingsException before = failure;
    if (before != null && timers.nanoTime() - failedAt < PAUSE) {
      return Future.failedFuture(before);
    }
    Future<Token> fetched = ask().onComplete(ignored -> fetching = null);
    fetching = fetched.isComplete() ? null : fetched;
    return fetched
        .onSuccess(
            got -> {
              token = got;
              failure = null;
            })
        .onFailure(
            wrong -> {
              failure = (SettingsException) wrong;
              failedAt = timers.nanoTime();
            });
  }

  private Future<Token> ask() {
    boolean first = inBody;
    return post(first)
        .compose(
            answer -> {
              if (answer.status() != 400 && answer.status() != 401) {
                return Future.succeededFuture(answer);
              }
              return post(!first)
                  .map(
                      other -> {
                        boolean better = other.status() / 100 == 2;
                        inBody = better != first;
                        return better ? other : answer;
                      });
            })
        .compose(this::token)
        .recover(
            wrong ->
                Future.failedFuture(
                    wrong instanceof SettingsException
                        ? wrong
                        : problem(String.valueOf(wrong.getMessage()), false)));
  }

  private Future<Answer> post(boolean secretInBody) {
    Map<String, String> form = new TreeMap<>(config.params());
    form.put("grant_type", "client_credentials");
    if (!config.scopes().isEmpty()) {
      form.put("scope", String.join(" ", config.scopes()));
    }
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", "application/x-www-form-urlencoded");
    headers.put("Accept", "application/json");
    if (secretInBody) {
      form.put("client_id", config.clientId());
      form.put("client_secret", secret.get());
    } else {
      String pair = encoded(config.clientId()) + ":" + encoded(secret.get());
      headers.put("Authorization", AuthorizationHeader.basic(pair));
    }
    String body =
        form.entrySet().stream()
            .map(entry -> encoded(entry.getKey()) + "=" + encoded(entry.getValue()))
            .collect(Collectors.joining("&"));
    return client.post(config.tokenUrl(), headers, Buffer.buffer(body));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private Future<Token> token(Answer answer) {
    JsonObject json;
    try {
      json = new JsonObject(answer.body());
    } catch (RuntimeException notJson) {
      json = new JsonObject();
    }
    if (answer.status() / 100 != 2) {
      String why = text(json, "error") + " " + text(json, "error_description");
      boolean lasting = answer.status() / 100 == 4 && answer.status() != 429;
      return Future.failedFuture(
          problem("it answers " + answer.status() + (why.isBlank() ? "" : ": " + why), lasting));
    }
    String access = text(json, "access_token");
    String type = text(json, "token_type");
    if (access.isEmpty() || !AuthorizationHeader.isValid(access)) {
      String hint = LoginPage.hint(answer.contentType(), answer.body());
      return Future.failedFuture(problem("its answer holds no usable access_token" + hint, false));
    }
    String scheme = type.isEmpty() || type.equalsIgnoreCase("bearer") ? "Bearer" : type;
    if (!scheme.matches("[A-Za-z0-9._~+-]+")) {
      return Future.failedFuture(problem("its answer holds an invalid token_type", false));
    }
    String seconds = text(json, "expires_in");
    long lifetime =
        seconds.matches("[1-9][0-9]{0,8}")
            ? TimeUnit.SECONDS.toNanos(Long.parseLong(seconds))
            : Long.MAX_VALUE;
    return Future.succeededFuture(new Token(scheme + " " + access, timers.nanoTime(), lifetime));
  }

  private static String text(JsonObject json, String key) {
    Object value = json.getValue(key);
    return value instanceof String || value instanceof Number ? value.toString() : "";
  }

  /** Takes the secrets out, because a server may send back what it was sent. */
  private SettingsException problem(String why, boolean lasting) {
    String known = secret.get();
    String line = why.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
    for (String hidden : config.params().values()) {
      line = hidden.isEmpty() ? line : line.replace(hidden, "***");
    }
    line = known.isEmpty() ? line : line.replace(known, "***").replace(encoded(known), "***");
    String shown = line.length() > EXCERPT ? line.substring(0, EXCERPT) + "…" : line;
    return new SettingsException(
        "no oauth2 token from token_url " + Urls.shown(config.tokenUrl()) + ": " + shown, lasting);
  }

  void close() {
    client.close();
  }
}
