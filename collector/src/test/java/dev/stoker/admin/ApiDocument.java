package dev.stoker.admin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.Yaml;

/**
 * <code>docs/openapi.yaml</code>, and a check of values against its schemas, as far as they use
 * JSON Schema; a keyword that the check does not know is an error, so that nothing is believed to
 * be checked that is not.
 */
public final class ApiDocument {
  private static final Set<String> KEYWORDS =
      Set.of(
          "$ref",
          "type",
          "enum",
          "required",
          "properties",
          "additionalProperties",
          "items",
          "anyOf",
          "description",
          "format",
          "minimum",
          "maximum");

  private final Map<String, Object> document;

  private ApiDocument(Map<String, Object> document) {
    this.document = document;
  }

  public static ApiDocument read() throws IOException {
    Path file = Path.of(System.getProperty("stoker.root", "..")).resolve("docs/openapi.yaml");
    return new ApiDocument(new Yaml().load(Files.readString(file)));
  }

  /**
   * One operation.
   *
   * @param method in upper case
   */
  public record Operation(String method, String path, Map<String, Object> content) {
    @Override
    public String toString() {
      return method + " " + path;
    }
  }

  public Map<String, Operation> operations() {
    Map<String, Operation> all = new TreeMap<>();
    map(document.get("paths"))
        .forEach(
            (path, methods) ->
                map(methods)
                    .forEach(
                        (method, content) -> {
                          Operation operation =
                              new Operation(method.toUpperCase(), path, map(content));
                          all.put(operation.toString(), operation);
                        }));
    return all;
  }

  /**
   * @param name such as <code>GET /-/ready</code>
   */
  public Operation operation(String name) {
    Operation found = operations().get(name);
    if (found == null) {
      throw new AssertionError(name + " is not documented");
    }
    return found;
  }

  /** Names of the parameters in a query. */
  public Set<String> parameters(Operation operation) {
    Set<String> names = new TreeSet<>();
    for (Object parameter : list(operation.content().get("parameters"))) {
      Map<String, Object> resolved = resolve(map(parameter));
      if ("query".equals(resolved.get("in"))) {
        names.add(String.valueOf(resolved.get("name")));
      }
    }
    return names;
  }

  public Set<String> statuses(Operation operation) {
    return new TreeSet<>(map(operation.content().get("responses")).keySet());
  }

  /** What is wrong with an answer; empty = it is as documented. */
  public List<String> problems(Operation operation, int status, Object json) {
    Object response = map(operation.content().get("responses")).get("" + status);
    if (response == null) {
      return List.of("status " + status + " is not documented");
    }
    Map<String, Object> content = map(resolve(map(response)).get("content"));
    List<String> problems = new ArrayList<>();
    check(map(map(content.get("application/json")).get("schema")), json, "", problems);
    return problems;
  }

  private void check(
      Map<String, Object> schema, @Nullable Object value, String at, List<String> problems) {
    if (!KEYWORDS.containsAll(schema.keySet())) {
      throw new AssertionError("the check does not know all of " + schema.keySet() + " at " + at);
    }
    Map<String, Object> here = resolve(schema);
    if (here != schema) {
      check(here, value, at, problems);
    }
    if (schema.containsKey("anyOf")) {
      List<String> all = new ArrayList<>();
      for (Object one : list(schema.get("anyOf"))) {
        List<String> found = new ArrayList<>();
        check(map(one), value, at, found);
        if (found.isEmpty()) {
          return;
        }
        all.addAll(found);
      }
      problems.addAll(all);
    }
    Object type = schema.get("type");
    List<Object> types = type instanceof List<?> several ? list(several) : List.of();
    if (type != null
        && !(types.isEmpty() ? List.of(type) : types).stream().anyMatch(t -> is(t, value))) {
      problems.add(at + " is no " + type + " but " + value);
      return;
    }
    if (schema.containsKey("enum") && !list(schema.get("enum")).contains(value)) {
      problems.add(at + " is none of " + schema.get("enum") + " but " + value);
    }
    if (value instanceof Map<?, ?>) {
      members(schema, map(value), at, problems);
    } else if (value instanceof List<?> items && schema.containsKey("items")) {
      for (int i = 0; i < items.size(); i++) {
        check(map(schema.get("items")), items.get(i), at + "[" + i + "]", problems);
      }
    }
  }

  private void members(
      Map<String, Object> schema, Map<String, Object> value, String at, List<String> problems) {
    Map<String, Object> properties = map(schema.getOrDefault("properties", Map.of()));
    for (Object required : list(schema.get("required"))) {
      if (!value.containsKey(required)) {
        problems.add(at + " lacks " + required);
      }
    }
    Object others = schema.getOrDefault("additionalProperties", true);
    value.forEach(
        (name, member) -> {
          String there = at + "." + name;
          if (properties.containsKey(name)) {
            check(map(properties.get(name)), member, there, problems);
          } else if (others instanceof Map<?, ?>) {
            check(map(others), member, there, problems);
          } else if (others.equals(false)) {
            problems.add(there + " is not documented");
          }
        });
  }

  private static boolean is(Object type, @Nullable Object value) {
    return switch ((String) type) {
      case "object" -> value instanceof Map;
      case "array" -> value instanceof List;
      case "string" -> value instanceof String;
      case "integer" -> value instanceof Integer || value instanceof Long;
      case "number" -> value instanceof Number;
      case "boolean" -> value instanceof Boolean;
      case "null" -> value == null;
      default -> throw new AssertionError("unknown type " + type);
    };
  }

  private Map<String, Object> resolve(Map<String, Object> schema) {
    if (!(schema.get("$ref") instanceof String reference)) {
      return schema;
    }
    Map<String, Object> found = document;
    for (String part : reference.substring(2).split("/")) {
      found = map(found.get(part));
    }
    return found;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      return (Map<String, Object>) map;
    }
    throw new AssertionError("no object: " + value);
  }

  @SuppressWarnings("unchecked")
  private static List<Object> list(@Nullable Object value) {
    return value == null ? List.of() : (List<Object>) value;
  }
}
