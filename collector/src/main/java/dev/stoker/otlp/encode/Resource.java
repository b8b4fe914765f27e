package dev.stoker.otlp.encode;

import dev.stoker.labels.LabelNames;
import dev.stoker.labels.Labels;
import dev.stoker.otlp.OtlpFields;
import dev.stoker.otlp.OtlpFields.AnyValue;
import dev.stoker.otlp.OtlpFields.KeyValue;
import dev.stoker.pprof.build.ByteSink;

/**
 * The labels of a series as the attributes of a resource. <code>service_name</code> gets the name
 * that it has in OpenTelemetry, of which Pyroscope makes <code>service_name</code> again. <code>
 * __name__</code> is for each profile to say. All others keep their names.
 */
final class Resource {
  private static final String SERVICE_LABEL = "service_name";
  private static final String SERVICE = "service.name";

  /** The content of a Resource message. */
  static ByteSink of(Labels labels) {
    ByteSink out = new ByteSink();
    String service = labels.get(SERVICE_LABEL);
    ByteSink value = new ByteSink();
    ByteSink attribute = new ByteSink();
    labels.forEach(
        (name, text) -> {
          if (name.equals(LabelNames.NAME) || name.equals(SERVICE) && !service.isEmpty()) {
            return; // there would be two services
          }
          value.reset();
          Messages.text(value, AnyValue.STRING, text);
          attribute.reset();
          Messages.text(attribute, KeyValue.KEY, name.equals(SERVICE_LABEL) ? SERVICE : name);
          Messages.message(attribute, KeyValue.VALUE, value);
          Messages.message(out, OtlpFields.Resource.ATTRIBUTES, attribute);
        });
    return out;
  }

  private Resource() {}
}
