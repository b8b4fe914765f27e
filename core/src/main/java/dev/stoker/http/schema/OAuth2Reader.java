package dev.stoker.http.schema;

import dev.stoker.http.client.Auth;
import dev.stoker.http.client.HttpClientConfig;
import dev.stoker.http.secret.Secret;
import dev.stoker.schema.Args;
import dev.stoker.schema.Converter;
import dev.stoker.schema.Node;
import dev.stoker.schema.Scalars;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the <code>oauth2</code> block of an HTTP client. */
public final class OAuth2Reader {
  private static final URI PLACEHOLDER = URI.create("http://missing.invalid");

  public static Auth read(Args args) {
    Secret secret = HttpClientReader.secret(args, "client_secret");
    if (!secret.isSet()) {
      args.problem("", "has no client_secret; write client_secret_file = \"…\"");
    }
    Auth auth =
        new Auth.OAuth2(
            args.require("client_id", "", "client_id = \"…\"", Scalars.nonEmpty()),
            secret,
            args.require(
                "token_url", PLACEHOLDER, "token_url = \"https://host/token\"", OAuth2Reader::url),
            args.get("scopes", List.of(), Scalars.texts()),
            args.get(
                "endpoint_params", Map.of(), Converter.of("block of texts", OAuth2Reader::params)),
            HttpClientConfig.DEFAULT
                .with(HttpClientReader.tls(args))
                .with(ProxyReader.read(args))
                .with(false, true));
    args.finish();
    return auth;
  }

  private static @Nullable URI url(Node node) {
    try {
      URI url = new URI(node.scalar().orElse(""));
      boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
      if (http && url.getHost() != null && url.getRawUserInfo() == null) {
        return url;
      }
    } catch (URISyntaxException malformed) {
      // said below
    }
    node.error(
        "must be an http or https URL without user and password, such as https://host/token");
    return null;
  }

  private static @Nullable Map<String, String> params(Node node) {
    if (Args.of(node.hidden()) == null) {
      return null;
    }
    Map<String, String> params = new LinkedHashMap<>();
    for (Map.Entry<String, Node> child : node.hidden().children()) {
      String value = Scalars.text(child.getValue());
      if (value != null) {
        params.put(child.getKey(), value);
      }
    }
    return params;
  }

  private OAuth2Reader() {}
}
