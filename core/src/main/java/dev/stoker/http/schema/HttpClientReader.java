package dev.stoker.http.schema;

import dev.stoker.http.client.Auth;
import dev.stoker.http.client.HttpClientConfig;
import dev.stoker.http.proxy.Proxies;
import dev.stoker.http.secret.Secret;
import dev.stoker.http.tls.Tls;
import dev.stoker.schema.Args;
import dev.stoker.schema.Converter;
import dev.stoker.schema.Node;
import dev.stoker.schema.Scalars;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the arguments of an HTTP client, which scrape, write and discovery share. */
public final class HttpClientReader {
  private static final Converter<String> SECRET =
      Converter.of("secret text", node -> Scalars.nonEmptyText(node.hidden()));

  /** TLS versions as Alloy spells them. */
  private static final Map<String, String> VERSIONS =
      Map.of("TLS10", "TLS10", "TLS11", "TLS11", "TLS12", "TLS12", "TLS13", "TLS13");

  public static HttpClientConfig read(Args args) {
    HttpClientConfig config =
        new HttpClientConfig(
            auth(args),
            tls(args),
            ProxyReader.read(args),
            args.get(
                "http_headers", Map.of(), Converter.of("block of headers", HeadersReader::read)),
            args.get(
                "follow_redirects", HttpClientConfig.DEFAULT.followRedirects(), Scalars.flag()),
            args.get("enable_http2", HttpClientConfig.DEFAULT.http2(), Scalars.flag()));
    if (!config.tls().serverName().isEmpty() && !config.proxies().equals(Proxies.NONE)) {
      args.problem(
          "tls_config", "has a server_name, which does not work through a proxy; take one out");
    }
    return config;
  }

  private static Auth auth(Args args) {
    List<Auth> given = new ArrayList<>();
    if (args.has("basic_auth")) {
      Args login = args.secretBlock("basic_auth");
      if (login.isEmpty() || isBlank(login)) {
        args.warn(
            "basic_auth",
            "has neither a username nor a password, so no login is sent; set them, or the variables"
                + " that it reads, or take it out");
      } else {
        given.add(basic(login));
      }
    }
    if (args.has("authorization")) {
      given.add(authorization(args.secretBlock("authorization")));
    }
    if (args.has("bearer_token") || args.has("bearer_token_file")) {
      given.add(new Auth.Authorization("Bearer", secret(args, "bearer_token")));
    }
    if (args.has("oauth2")) {
      given.add(OAuth2Reader.read(args.secretBlock("oauth2")));
    }
    if (given.size() > 1) {
      args.problem(
          Stream.of("oauth2", "authorization", "basic_auth")
              .filter(args::has)
              .findFirst()
              .orElse(""),
          "stands beside another way to log in; keep one of basic_auth, authorization, oauth2 and"
              + " bearer_token");
    }
    return given.isEmpty() ? new Auth.None() : given.get(0);
  }

  /**
   * As templates write it that serve servers with a login and without. The arguments are not asked
   * for: {@link #basic} declares them, with their types.
   */
  private static boolean isBlank(Args login) {
    return Stream.of("username", "password").allMatch(key -> isBlank(login, key));
  }

  private static boolean isBlank(Args login, String key) {
    return login.block().children().stream()
        .filter(child -> child.getKey().equals(key))
        .anyMatch(child -> child.getValue().scalar().filter(String::isBlank).isPresent());
  }

  public static Auth.Basic basic(Args args) {
    Auth.Basic basic =
        new Auth.Basic(
            args.require("username", "", "username = \"…\"", Scalars.nonEmpty()),
            secret(args, "password"));
    args.finish();
    return basic;
  }

  private static Auth authorization(Args args) {
    String type = args.get("type", "Bearer", HttpClientReader::type);
    Secret credentials = secret(args, "credentials");
    if (!credentials.isSet()) {
      args.problem("", "has no credentials; write credentials_file = \"…\"");
    }
    args.finish();
    return new Auth.Authorization(type, credentials);
  }

  private static @Nullable String type(Node node) {
    String type = Scalars.nonEmptyText(node);
    if (type != null && type.toLowerCase(Locale.ROOT).equals("basic")) {
      node.error("is basic; write basic_auth { username = \"…\", password = \"…\" } instead");
      return null;
    }
    if (type != null && !type.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+")) {
      node.error("is no valid scheme; write one such as Bearer");
      return null;
    }
    return type;
  }

  /** Reads a secret: its value, or with <code>_file</code> behind its name, its file. */
  public static Secret secret(Args args, String key) {
    String text = args.get(key, "", SECRET);
    String file = args.get(key + "_file", "", Scalars.nonEmpty());
    if (args.has(key) && args.has(key + "_file")) {
      args.problem(key + "_file", "and " + key + " are both given; take one of them out");
    }
    return text.isEmpty() ? Secret.file(file) : Secret.text(text);
  }

  /** Reads PEM text or its file. Alloy's pairs are <code>ca_pem</code> and <code>ca_file</code>. */
  public static Secret pem(Args args, String name) {
    String text = args.get(name + "_pem", "", SECRET);
    String file = args.get(name + "_file", "", Scalars.nonEmpty());
    if (args.has(name + "_pem") && args.has(name + "_file")) {
      args.problem(name + "_file", "and " + name + "_pem are both given; take one of them out");
    }
    return text.isEmpty() ? Secret.file(file) : Secret.text(text);
  }

  public static Tls tls(Args client) {
    if (!client.has("tls_config")) {
      return Tls.DEFAULT;
    }
    Args args = client.secretBlock("tls_config");
    Tls tls =
        new Tls(
            pem(args, "ca"),
            pem(args, "cert"),
            pem(args, "key"),
            args.get("server_name", "", Scalars.nonEmpty()),
            args.get("insecure_skip_verify", false, Scalars.flag()),
            args.get("min_version", "TLS12", Scalars.choice(VERSIONS)).equals("TLS13"));
    if (tls.cert().isSet() != tls.key().isSet()) {
      args.problem("", "has one of cert and key only; a client certificate needs both");
    }
    if (List.of("TLS10", "TLS11").contains(args.get("min_version", "", Scalars.choice(VERSIONS)))) {
      args.warn("min_version", "has the effect of TLS12: this JVM speaks nothing older");
    }
    args.finish();
    return tls;
  }

  private HttpClientReader() {}
}
