package dev.stoker.relabel;

import dev.stoker.labels.Labels;
import dev.stoker.relabel.RelabelRule.Spec;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The second implementation for the differential fuzzer: slow, on a plain map and the JDK's regex
 * (so for patterns that mean the same in both dialects), written from the table of semantics.
 */
final class SlowRelabeler {
  /** Null = dropped. */
  static @Nullable Labels apply(List<Spec> rules, Labels input) {
    TreeMap<String, String> labels = new TreeMap<>(input.toMap());
    for (Spec rule : rules) {
      List<String> values = new ArrayList<>();
      for (String name : rule.sourceLabels()) {
        values.add(labels.getOrDefault(name, ""));
      }
      String value = String.join(rule.separator(), values);
      String target = labels.getOrDefault(rule.targetLabel(), "");
      switch (rule.action()) {
        case KEEP -> {
          if (!matches(rule, value)) {
            return null;
          }
        }
        case DROP -> {
          if (matches(rule, value)) {
            return null;
          }
        }
        case KEEPEQUAL -> {
          if (!value.equals(target)) {
            return null;
          }
        }
        case DROPEQUAL -> {
          if (value.equals(target)) {
            return null;
          }
        }
        case REPLACE -> {
          if (matches(rule, value)) {
            String name = expand(rule.targetLabel(), rule, value);
            if (!name.isEmpty()) {
              labels.put(name, expand(rule.replacement(), rule, value));
            }
          }
        }
        case HASHMOD -> labels.put(rule.targetLabel(), hash(value, rule.modulus()));
        case LOWERCASE -> labels.put(rule.targetLabel(), value.toLowerCase(java.util.Locale.ROOT));
        case UPPERCASE -> labels.put(rule.targetLabel(), value.toUpperCase(java.util.Locale.ROOT));
        case LABELMAP ->
            new TreeMap<>(labels)
                .forEach(
                    (name, kept) -> {
                      if (matches(rule, name)) {
                        String mapped = expand(rule.replacement(), rule, name);
                        if (!mapped.isEmpty()) {
                          labels.put(mapped, kept);
                        }
                      }
                    });
        case LABELDROP -> labels.keySet().removeIf(name -> matches(rule, name));
        case LABELKEEP -> labels.keySet().removeIf(name -> !matches(rule, name));
      }
      labels.values().removeIf(String::isEmpty);
    }
    return Labels.of(labels);
  }

  private static boolean matches(Spec rule, String value) {
    return matcher(rule, value).matches();
  }

  private static Matcher matcher(Spec rule, String value) {
    return Pattern.compile(rule.regex(), Pattern.DOTALL).matcher(value);
  }

  private static String expand(String template, Spec rule, String value) {
    Matcher match = matcher(rule, value);
    if (!match.matches()) {
      throw new IllegalStateException("expands only what has matched");
    }
    Matcher reference = Pattern.compile("\\$(\\$|\\w+|\\{\\w+\\})").matcher(template);
    StringBuilder out = new StringBuilder();
    int from = 0;
    while (reference.find(from)) {
      out.append(template, from, reference.start());
      String name = reference.group(1).replaceAll("[{}]", "");
      if (name.equals("$")) {
        out.append('$');
      } else if (name.matches("0|[1-9]") && Integer.parseInt(name) <= match.groupCount()) {
        String group = match.group(Integer.parseInt(name));
        out.append(group == null ? "" : group);
      }
      from = reference.end();
    }
    return out.append(template.substring(from)).toString();
  }

  private static String hash(String value, long modulus) {
    try {
      byte[] digest =
          MessageDigest.getInstance("MD5").digest(value.getBytes(StandardCharsets.UTF_8));
      return new BigInteger(1, Arrays.copyOfRange(digest, 8, 16))
          .mod(BigInteger.valueOf(modulus))
          .toString();
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException(missing);
    }
  }

  private SlowRelabeler() {}
}
