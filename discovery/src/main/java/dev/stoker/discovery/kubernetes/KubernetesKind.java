package dev.stoker.discovery.kubernetes;

import dev.stoker.component.AlloyCounterpart;
import dev.stoker.component.DiscoveryKind;
import dev.stoker.component.Preparation;
import dev.stoker.component.Services;
import dev.stoker.discovery.Discoverer;
import dev.stoker.discovery.kubernetes.api.ApiAccess;
import dev.stoker.discovery.kubernetes.labels.Attach;
import dev.stoker.discovery.kubernetes.objects.Kind;
import dev.stoker.discovery.kubernetes.watch.Selector;
import dev.stoker.discovery.kubernetes.watch.Selectors;
import dev.stoker.discovery.kubernetes.watch.Watches;
import dev.stoker.http.client.Auth;
import dev.stoker.http.client.HttpClientConfig;
import dev.stoker.http.proxy.Proxies;
import dev.stoker.http.schema.HttpClientReader;
import dev.stoker.schema.Args;
import dev.stoker.schema.Converter;
import dev.stoker.schema.Node;
import dev.stoker.schema.Scalars;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** <code>discovery.kubernetes</code>. */
public final class KubernetesKind implements DiscoveryKind<KubernetesConfig> {
  private static final List<String> NODE_NAMES = List.of("NODE_NAME", "K8S_NODE_NAME");

  private static final List<String> CLIENT =
      List.of(
          "authorization",
          "basic_auth",
          "bearer_token",
          "bearer_token_file",
          "enable_http2",
          "http_headers",
          "oauth2",
          "proxy_from_environment",
          "proxy_url",
          "tls_config");

  @Override
  public String name() {
    return "discovery.kubernetes";
  }

  @Override
  public KubernetesConfig read(String id, Args args) {
    Role role = args.require("role", Role.POD, "role = pod", Scalars.choice(roles()));
    Args namespaces = args.block("namespaces");
    Args attach = args.block("attach_metadata");
    KubernetesConfig config =
        new KubernetesConfig(
            id,
            role,
            access(args),
            namespaces.get("names", List.of(), Scalars.texts()),
            namespaces.get("own_namespace", false, Scalars.flag()),
            selectors(args, role),
            new Attach(
                attach.get("node", Attach.NOTHING.node(), Scalars.flag()),
                attach.get("namespace", Attach.NOTHING.namespace(), Scalars.flag())),
            node(args, role));
    namespaces.finish();
    attach.finish();
    args.finish();
    return config;
  }

  private static Map<String, Role> roles() {
    Map<String, Role> roles = new TreeMap<>();
    for (Role role : Role.values()) {
      roles.put(role.label(), role);
    }
    return roles;
  }

  private static ApiAccess access(Args args) {
    URI server = args.get("api_server", URI.create(""), Scalars.url());
    String kubeconfig = args.get("kubeconfig_file", "", Scalars.nonEmpty());
    ApiAccess access = new ApiAccess(server.toString(), kubeconfig, HttpClientReader.read(args));
    if (access.http().auth() instanceof Auth.Authorization other
        && !other.type().equals("Bearer")) {
      args.problem("authorization", "must be of type Bearer for an API server");
    }
    refuseWhatTheClientCannot(args, access.http());
    if (server.getRawUserInfo() != null) {
      args.problem("api_server", "holds user and password; they go into basic_auth");
    }
    if (args.has("api_server") && args.has("kubeconfig_file")) {
      args.problem("kubeconfig_file", "and api_server are both given; take one of them out");
    }
    if (!args.has("api_server")) {
      for (String client : CLIENT) {
        if (args.has(client)) {
          args.problem(
              client,
              "needs api_server: in a cluster, or with a kubeconfig_file, the credentials come"
                  + " from there");
        }
      }
    }
    return access;
  }

  /** The API server is spoken to by a client of its own, which lacks some settings. */
  private static void refuseWhatTheClientCannot(Args args, HttpClientConfig http) {
    String sorry = ", which is not supported for an API server; take it out";
    if (!http.tls().serverName().isEmpty()) {
      args.problem("tls_config", "has a server_name" + sorry);
    }
    if (http.auth() instanceof Auth.OAuth2) {
      args.problem("oauth2", "is not supported for an API server; take it out");
    }
    if (http.proxies().authorization().isSet()) {
      args.problem("proxy_connect_header", "is not supported for an API server; take it out");
    }
    boolean plainProxy =
        Stream.of(http.proxies().http(), http.proxies().https())
            .flatMap(Optional::stream)
            .allMatch(Proxies.Server::isPlainHttp);
    if (!plainProxy) {
      String key = args.has("proxy_url") ? "proxy_url" : "proxy_from_environment";
      args.problem(key, "names a proxy that does not speak plain http" + sorry);
    }
    if (!http.headers().values().stream()
        .allMatch(values -> values.size() == 1 && values.get(0).file().isEmpty())) {
      args.problem("http_headers", "has a header with files or more than one value" + sorry);
    }
  }

  private static List<Selector> selectors(Args args, Role role) {
    args.declareBlocks(
        "selectors",
        "selectors",
        selector -> {
          selector.require("role", "", "role = pod", Scalars.nonEmpty());
          selector.get("label", "", Scalars.nonEmpty());
          selector.get("field", "", Scalars.nonEmpty());
        });
    return args.get(
        "selectors", List.of(), Converter.of("list of blocks", node -> selectors(node, role)));
  }

  private static @Nullable List<Selector> selectors(Node node, Role role) {
    Map<String, Kind> kinds = new TreeMap<>();
    for (Kind kind : Kind.values()) {
      if (role.watches(kind) || kind == Kind.NODE && role == Role.POD) {
        kinds.put(kind.label(), kind);
      }
    }
    List<Selector> selectors = new ArrayList<>();
    for (Node element : node.elements()) {
      Args args = Args.of(element);
      if (args == null) {
        continue;
      }
      Kind kind = args.require("role", Kind.POD, "role = " + role.label(), Scalars.choice(kinds));
      Selector selector =
          new Selector(
              kind,
              args.get("label", "", Scalars.nonEmpty()),
              args.get("field", "", Scalars.nonEmpty()));
      args.finish();
      if (!Selectors.isFieldSelector(selector.field())) {
        args.problem("field", "is no field selector; write one such as \"spec.nodeName=name\"");
      }
      if (selectors.stream().anyMatch(other -> other.kind() == kind)) {
        args.problem("role", "has a selector already; write both into one, with a comma");
      }
      selectors.add(selector);
    }
    return selectors;
  }

  /** The node filter: by name, or this very node's. */
  private static String node(Args args, Role role) {
    String name = args.get("node", "", Scalars.nonEmpty());
    boolean own = args.get("own_node", false, Scalars.flag());
    String key = own ? "own_node" : "node";
    if ((own || !name.isEmpty()) && role != Role.POD) {
      args.problem(key, "works with role = pod only; take it out");
    }
    if (own && !name.isEmpty()) {
      args.problem("node", "and own_node are both given; take one of them out");
      return name;
    }
    if (!own) {
      return name;
    }
    for (String variable : NODE_NAMES) {
      String value = args.block().scope().env().getOrDefault(variable, "");
      if (!value.isEmpty()) {
        return value;
      }
    }
    args.problem(
        "own_node",
        "needs the environment variable NODE_NAME (or K8S_NODE_NAME), which is not set; take it"
            + " from spec.nodeName in the pod's template, or write node = \"NAME\"");
    return "";
  }

  @Override
  public AlloyCounterpart alloy() {
    return AlloyCounterpart.SAME;
  }

  @Override
  public List<HttpClientConfig> clients(KubernetesConfig config) {
    return List.of(config.api().http());
  }

  @Override
  public Discoverer discoverer(Preparation<KubernetesConfig> with) {
    return new KubernetesDiscoverer(
        with.config(),
        with.services().shared(Watches.class, KubernetesKind::watches),
        with.services().vertx());
  }

  /** One for all components: equal watches are shared. */
  private static Watches watches(Services services) {
    return new Watches(
        services.vertx(),
        services.control(),
        services.timers(),
        services.discovered(),
        services.userAgent());
  }
}
