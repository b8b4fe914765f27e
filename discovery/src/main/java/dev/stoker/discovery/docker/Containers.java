package dev.stoker.discovery.docker;

import dev.stoker.discovery.TargetGroup;
import dev.stoker.labels.Labels;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Containers and networks as the Engine API lists them → targets: one for each network and private
 * TCP port, labels as Prometheus' docker_sd. Pure. Wrong shapes are a ClassCastException, which the
 * caller turns into words.
 */
final class Containers {
  private static final String PREFIX = "__meta_docker_";
  private static final String OF_CONTAINER = "container:";
  private static final int MAX_HOPS = 10;

  private final DockerConfig config;
  private final Map<String, JsonObject> byId = new HashMap<>();
  private final Map<String, Labels> networks = new HashMap<>();

  Containers(DockerConfig config, JsonArray networkList) {
    this.config = config;
    for (int i = 0; i < networkList.size(); i++) {
      JsonObject network = element(networkList, i);
      Labels.Builder labels = Labels.empty().toBuilder();
      set(labels, "network_id", network.getString("Id"));
      set(labels, "network_name", network.getString("Name"));
      set(labels, "network_scope", network.getString("Scope"));
      set(labels, "network_internal", network.getBoolean("Internal", false));
      set(labels, "network_ingress", network.getBoolean("Ingress", false));
      labels(labels, "network_label_", network.getJsonObject("Labels"));
      networks.put(text(network, "Id"), labels.build());
    }
  }

  List<TargetGroup> groups(JsonArray containers) {
    for (int i = 0; i < containers.size(); i++) {
      JsonObject container = element(containers, i);
      byId.put(text(container, "Id"), container);
    }
    List<TargetGroup> groups = new ArrayList<>();
    for (int i = 0; i < containers.size(); i++) {
      JsonObject container = element(containers, i);
      String id = text(container, "Id");
      groups.add(new TargetGroup(id.isEmpty() ? "container " + i : id, targets(container)));
    }
    return groups;
  }

  private List<Labels> targets(JsonObject container) {
    JsonArray names = container.getJsonArray("Names", new JsonArray());
    if (names == null || names.isEmpty()) {
      return List.of();
    }
    Labels.Builder common = Labels.empty().toBuilder();
    set(common, "container_id", container.getString("Id"));
    set(common, "container_name", names.getString(0));
    set(common, "container_network_mode", mode(container));
    labels(common, "container_label_", container.getJsonObject("Labels"));
    List<Labels> targets = new ArrayList<>();
    networks(container)
        .forEach(
            (name, network) -> {
              Labels.Builder labels =
                  common.build().toBuilder()
                      .setAll(networks.getOrDefault(text(network, "NetworkID"), Labels.empty()));
              String ip = text(network, "IPAddress");
              set(labels, "network_ip", ip);
              targets.addAll(ports(container, ip, labels.build()));
            });
    return targets;
  }

  private List<Labels> ports(JsonObject container, String ip, Labels common) {
    List<Labels> targets = new ArrayList<>();
    JsonArray ports = container.getJsonArray("Ports");
    for (int i = 0; ports != null && i < ports.size(); i++) {
      JsonObject port = ports.getJsonObject(i);
      if (!"tcp".equals(port.getString("Type"))) {
        continue;
      }
      Labels.Builder labels = common.toBuilder();
      int number = port.getInteger("PrivatePort", 0);
      set(labels, "port_private", number);
      int published = port.getInteger("PublicPort", 0);
      if (published > 0) {
        set(labels, "port_public", published);
        set(labels, "port_public_ip", port.getString("IP"));
      }
      targets.add(labels.set("__address__", join(ip, number)).build());
    }
    if (targets.isEmpty()) {
      boolean host = mode(container).equals("host");
      String address = host ? config.hostNetworkingHost() : join(ip, config.port());
      targets.add(common.toBuilder().set("__address__", address).build());
    }
    return targets;
  }

  /** Its own networks, or those of the container whose network it shares. */
  private Map<String, JsonObject> networks(JsonObject container) {
    JsonObject at = container;
    for (int hops = 0; hops < MAX_HOPS; hops++) {
      Map<String, JsonObject> own = own(at);
      String mode = mode(at);
      if (!own.isEmpty() || !mode.startsWith(OF_CONTAINER)) {
        return own;
      }
      JsonObject other = byId.get(mode.substring(OF_CONTAINER.length()));
      if (other == null) {
        return Map.of();
      }
      at = other;
    }
    return Map.of();
  }

  private Map<String, JsonObject> own(JsonObject container) {
    TreeMap<String, JsonObject> own = new TreeMap<>();
    JsonObject settings = container.getJsonObject("NetworkSettings", new JsonObject());
    JsonObject all = settings == null ? null : settings.getJsonObject("Networks");
    if (all != null) {
      for (String name : all.fieldNames()) {
        JsonObject network = all.getJsonObject(name);
        if (network != null) {
          own.put(name, network);
        }
      }
    }
    return config.matchFirstNetwork() && own.size() > 1
        ? Map.of(own.firstKey(), own.firstEntry().getValue())
        : own;
  }

  private static String mode(JsonObject container) {
    JsonObject host = container.getJsonObject("HostConfig");
    return host == null ? "" : text(host, "NetworkMode");
  }

  private static JsonObject element(JsonArray list, int at) {
    JsonObject element = list.getJsonObject(at);
    if (element == null) {
      throw new ClassCastException("null where an object belongs");
    }
    return element;
  }

  /** A value that is there and null is as one that is not there. */
  private static String text(JsonObject object, String key) {
    String value = object.getString(key);
    return value == null ? "" : value;
  }

  private static String join(String ip, int port) {
    return ip.indexOf(':') >= 0 ? "[" + ip + "]:" + port : ip + ":" + port;
  }

  private static void set(
      Labels.Builder labels, String name, @org.jspecify.annotations.Nullable Object value) {
    labels.set(PREFIX + name, value == null ? "" : value.toString());
  }

  private static void labels(
      Labels.Builder labels, String prefix, @org.jspecify.annotations.Nullable JsonObject from) {
    if (from != null) {
      for (String key : from.fieldNames()) {
        set(labels, prefix + key.replaceAll("[^a-zA-Z0-9_]", "_"), from.getValue(key));
      }
    }
  }
}
