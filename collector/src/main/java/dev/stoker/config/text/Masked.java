package dev.stoker.config.text;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import dev.stoker.schema.Names;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A config as text for people, without its secrets. Masked is what has the key of a secret or one
 * that sounds like it, every value of a header, userinfo and telling parameters of URLs, private
 * keys, and whatever else holds the same text as one of these (a variable that a secret is
 * substituted from). Names of files are shown.
 */
public final class Masked {
  static final String MASK = "***";

  private static final Pattern TELLING_KEY =
      Pattern.compile(
          "(?i).*(password|passwd|passphrase|passwort|pwd|secret|token|credential|bearer|authori[sz]ation"
              + "|api.?key|access.?key|private|cookie|session|signature).*|key|key_pem|pass|pw|auth|.*[_-](key|pass|pw)");

  /**
   * Names of arguments that say where a secret is read from, or how. Their values are no secrets.
   */
  private static final Pattern HARMLESS_KEY = Pattern.compile("(?i).*_(file|path|url)|type|name");

  private static final Pattern HEADERS = Pattern.compile("(?i).*headers?|endpoint_params");
  static final Pattern USERINFO = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*://)[^/?#\\s\"]*@");
  static final Pattern PARAMETER =
      Pattern.compile(
          "(?i)([?&][^=&#\\s]*(?:pass|secret|token|credential|auth|key|sig|session)[^=&#\\s]*=)"
              + "[^&#\\s]*");

  /**
   * Headers that say who the client is and what it speaks. They are hidden with the other headers,
   * but are no secret elsewhere.
   */
  private static final Pattern HARMLESS_HEADER = Pattern.compile("(?i)x-scope-orgid|accept.*");

  static final String PRIVATE_KEY = "PRIVATE KEY-----";

  /** Shorter ones occur by accident. */
  private static final int TELLING_LENGTH = 6;

  private static final int TELLING_DIGITS = 4;

  private static final int MAX_SOUGHT = 1000;

  /** Blocks of secrets, and single ones, as they are spelt. */
  private static final List<String> SECRETS =
      List.of(
          "password",
          "bearer_token",
          "client_secret",
          "credentials",
          "key_pem",
          "basic_auth",
          "authorization",
          "oauth2");

  private static final List<String> OWN_NAMES =
      List.of("http_headers", "headers", "proxy_connect_header", "endpoint_params");

  private static final Pattern SECRET_BLOCK = Pattern.compile("basic_auth|authorization|oauth2");

  private static final Pattern HARMLESS_BESIDE = Pattern.compile("username|client_id|scopes");

  /** The value is none of these blocks, but it may be what one of them holds. */
  private static final Pattern TLS = Pattern.compile("tls|tls_config");

  /** The block that a value stands in. */
  enum Room {
    OPEN,
    /** The block of a secret: its type and its file are shown. */
    SECRET,
    /** Names are users' own: no value is shown. */
    HEADERS,
    /** A header that is none. */
    HARMLESS;

    /** Values in it are not shown. */
    boolean hides() {
      return this == SECRET || this == HEADERS;
    }
  }

  private final Set<String> secrets = new LinkedHashSet<>();

  private Masked() {}

  public static String render(ConfigObject resolved) {
    Masked masked = new Masked();
    masked.visit(resolved, Room.OPEN, false);
    Object shown = masked.visit(resolved, Room.OPEN, true);
    return ConfigValueFactory.fromAnyRef(shown)
        .render(
            ConfigRenderOptions.defaults()
                .setOriginComments(false)
                .setComments(false)
                .setJson(false));
  }

  /**
   * @param all secrets are known; false = they are being collected
   */
  private Object visit(ConfigValue value, Room room, boolean all) {
    ConfigValueType type;
    try {
      type = value.valueType();
    } catch (ConfigException.NotResolved unset) {
      return MASK;
    }
    if (type == ConfigValueType.OBJECT) {
      Map<String, Object> shown = new LinkedHashMap<>();
      ((ConfigObject) value)
          .forEach((key, child) -> shown.put(key, visit(child, room(key, room), all)));
      return shown;
    }
    if (type == ConfigValueType.LIST) {
      List<Object> shown = new ArrayList<>();
      ((ConfigList) value).forEach(child -> shown.add(visit(child, room, all)));
      return shown;
    }
    String text = String.valueOf(value.unwrapped());
    if (room != Room.OPEN) {
      if (room != Room.HARMLESS) {
        secrets.add(text);
      }
      return text.isEmpty() ? "" : MASK;
    }
    if (type != ConfigValueType.STRING) {
      boolean secret =
          type == ConfigValueType.NUMBER
              && text.length() >= TELLING_DIGITS
              && secrets.contains(text);
      return secret ? MASK : plain(value);
    }
    return all ? withoutSecrets(text) : text;
  }

  private static Object plain(ConfigValue value) {
    Object unwrapped = value.unwrapped();
    return unwrapped == null ? "null" : unwrapped;
  }

  private static Room room(String key, Room around) {
    if (around == Room.HARMLESS) {
      return around;
    }
    if (around == Room.HEADERS) {
      return HARMLESS_HEADER.matcher(key).matches() ? Room.HARMLESS : around;
    }
    if (HEADERS.matcher(key).matches()) {
      return Room.HEADERS;
    }
    if (HARMLESS_KEY.matcher(key).matches()) {
      return Room.OPEN;
    }
    return around == Room.SECRET || TELLING_KEY.matcher(key).matches() ? Room.SECRET : Room.OPEN;
  }

  /**
   * The room of a key in the text of a config, which may be wrong: a misspelled name of a secret is
   * one too, and so is every variable, since a secret may be substituted from it.
   */
  static Room sourceRoom(String key, Room around) {
    if (around == Room.OPEN
        && (key.equals(Namespaces.VARS) || Names.nearest(key, OWN_NAMES).isPresent())) {
      return Room.HEADERS;
    }
    if (around == Room.OPEN
        && (TLS.matcher(key).matches()
            || key.endsWith("_pem")
            || Names.nearest(key, SECRETS).isPresent())) {
      return Room.SECRET;
    }
    return around == Room.SECRET && HARMLESS_BESIDE.matcher(key).matches()
        ? Room.OPEN
        : room(key, around);
  }

  /** A secret is one value: what is written in its place as a block may hold it as a name too. */
  static boolean hidesNames(String path, Room room) {
    String key = path.substring(path.lastIndexOf('.') + 1);
    return room == Room.SECRET && !SECRET_BLOCK.matcher(key).matches();
  }

  /** The room of what stands in a block of that name, whose value would be in the given room. */
  static Room blockRoom(String key, Room room) {
    return TLS.matcher(key).matches() ? Room.OPEN : room;
  }

  /** A word that sounds like the name of a secret; group 0 ends behind it. */
  static final Pattern TELLING_WORD =
      Pattern.compile(
          "(?i)(passw|passphrase|pwd|pw\\b|[_-]pass\\b|[_-]key\\b|secret|token|credential|bearer|authori[sz]|api.?key|access.?key"
              + "|private|cookie|session|signature|basic_auth|oauth|header|_pem)[A-Za-z0-9_-]*");

  private String withoutSecrets(String text) {
    if (text.contains(PRIVATE_KEY) || secrets.contains(text)) {
      return MASK;
    }
    String shown = USERINFO.matcher(text).replaceAll("$1" + MASK + "@");
    shown = PARAMETER.matcher(shown).replaceAll("$1" + MASK);
    if (secrets.size() <= MAX_SOUGHT) {
      for (String secret : secrets) {
        if (secret.length() >= TELLING_LENGTH) {
          shown = shown.replace(secret, MASK);
        }
      }
    }
    return shown;
  }
}
