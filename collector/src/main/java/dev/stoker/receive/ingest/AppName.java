package dev.stoker.receive.ingest;

import dev.stoker.receive.Incoming;
import dev.stoker.receive.InvalidPush;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The parameter <code>name</code> of an ingest request, such as <code>shop.cpu{team=a,zone=b}
 * </code>.
 *
 * @param labels in the order in which they stand there
 */
record AppName(String app, List<Incoming.Label> labels) {
  private static final Pattern FORM =
      Pattern.compile("\\s*([a-zA-Z0-9_.\\-/]+)\\s*(?:\\{([^}]*)}\\s*)?");
  private static final Pattern LABEL = Pattern.compile("[a-zA-Z0-9_.]+");

  AppName {
    labels = List.copyOf(labels);
  }

  static AppName parse(String name) throws InvalidPush {
    Matcher matcher = FORM.matcher(name);
    if (!matcher.matches()) {
      throw new InvalidPush(
          "the name " + InvalidPush.shown(name) + " is not of the form app{label=value,…}");
    }
    List<Incoming.Label> labels = new ArrayList<>();
    String inside = matcher.group(2);
    if (inside != null && !inside.isBlank()) {
      for (String pair : inside.split(",", -1)) {
        labels.add(label(pair));
      }
    }
    return new AppName(matcher.group(1), labels);
  }

  private static Incoming.Label label(String pair) throws InvalidPush {
    int equals = pair.indexOf('=');
    String name = equals < 0 ? "" : pair.substring(0, equals).strip();
    if (!LABEL.matcher(name).matches()) {
      throw new InvalidPush(
          InvalidPush.shown(pair) + " is no label of the form name=value in the parameter name");
    }
    return new Incoming.Label(name, pair.substring(equals + 1).strip());
  }

  boolean has(String label) {
    return labels.stream().anyMatch(each -> each.name().equals(label));
  }
}
