package dev.stoker.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
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
final class Masked {
  static final String MASK = "***";

  private static final Pattern TELLING_KEY =
      Pattern.compile(
          "(?i).*(password|passwd|passphrase|passwort|pwd|secret|token|credential|bearer|authori[sz]ation"
              + "|api.?key|access.?key|private|cookie|session|signature).*|key|key_pem|pass|auth");

  /** Where a secret is read from, or how: no secret by itself. */
  private static final Pattern HARMLESS_KEY = Pattern.compile("(?i).*_(file|path|url)|type|name");

  private static final Pattern HEADERS = Pattern.compile("(?i).*headers?|endpoint_params");
  private static final Pattern USERINFO =
      Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*://)[^/?#\\s\"]*@");
  private static final Pattern PARAMETER =
      Pattern.compile(
          "(?i)([?&][^=&#\\s]*(?:pass|secret|token|credential|auth|key|sig|session)[^=&#\\s]*=)"
              + "[^&#\\s]*");

  /** Who we are and what we speak: hidden with the other headers, but no secret elsewhere. */
  private static final Pattern HARMLESS_HEADER = Pattern.compile("(?i)x-scope-orgid|accept.*");

  private static final String PRIVATE_KEY = "PRIVATE KEY-----";

  /** Shorter ones occur by accident. */
  private static final int TELLING_LENGTH = 6;

  private static final int TELLING_DIGITS = 4;

  private static final int MAX_SOUGHT = 1000;

  /** What a value stands in. */
  private enum Room {
    OPEN,
    /** The block of a secret: its type and its file are shown. */
    SECRET,
    /** Names are users' own: no value is shown. */
    HEADERS,
    /** A header that is none. */
    HARMLESS
  }

  private final Set<String> secrets = new LinkedHashSet<>();

  private Masked() {}

  static String render(ConfigObject resolved) {
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
