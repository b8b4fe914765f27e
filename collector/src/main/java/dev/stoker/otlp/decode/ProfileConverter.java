package dev.stoker.otlp.decode;

import dev.stoker.otlp.OtlpFields;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.build.ByteSink;
import dev.stoker.pprof.wire.Cursor;
import dev.stoker.pprof.wire.Workspace;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes pprof bodies of one OTLP profile: one for each service that its samples name. For one
 * request, on one thread.
 */
final class ProfileConverter {
  /** Of one request; more than any sender has services. */
  static final int MOST_BODIES = 10_000;

  /** Arrays that a stack is in on its way, each of which may be twice as large as it. */
  private static final long COPIES = 5;

  private final Dictionary dictionary;
  private final Attributes attributes;
  private final Budget budget;
  private final Workspace workspace;
  private final ByteSink out;
  private final ByteSink message = new ByteSink();
  private final ByteSink packed = new ByteSink();
  private final Cursor cursor = Wire.cursor();
  private final OtlpSample sample;
  private final PprofTables tables;
  private final SampleLabels labels;

  /**
   * A body.
   *
   * @param service "" = its samples name none
   */
  record Part(String service, byte[] body) {}

  ProfileConverter(
      Dictionary dictionary, LeftOut.Counts leftOut, Budget budget, Workspace workspace) {
    this.dictionary = dictionary;
    this.attributes = new Attributes(dictionary);
    this.budget = budget;
    this.out = new ByteSink(budget.most());
    this.workspace = workspace;
    this.sample = new OtlpSample(dictionary.data);
    this.tables = new PprofTables(dictionary, attributes, budget, out);
    this.labels = new SampleLabels(dictionary, attributes, tables.strings(), leftOut);
  }

  Attributes attributes() {
    return attributes;
  }

  /** Whether values were met that look like the links of an older schema. */
  boolean isLoose() {
    return sample.isLoose();
  }

  /** The services of a profile's samples, and which samples each has. */
  record Services(List<String> names, Ranks ranks) {}

  /** A body for each of the services. */
  List<Part> convert(ProfileHead head, TypeNames names, Services services)
      throws MalformedProfileException, OutOfRoomException {
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < services.names().size(); i++) {
      parts.add(new Part(services.names().get(i), body(head, names, services.ranks(), i)));
    }
    return parts;
  }

  /** The services that the samples name. */
  Services services(ProfileHead head) throws MalformedProfileException, OutOfRoomException {
    int[] serviceOf = new int[head.samples()];
    List<String> services = services(head, serviceOf);
    return new Services(services, Ranks.of(serviceOf, services.size()));
  }

  /** The services that the samples name; fills in which sample has which. */
  private List<String> services(ProfileHead head, int[] serviceOf)
      throws MalformedProfileException, OutOfRoomException {
    Map<Integer, String> names = new HashMap<>();
    Map<String, Integer> known = new HashMap<>();
    List<String> services = new ArrayList<>();
    for (int i = 0; i < head.samples(); i++) {
      sample.read(head.sampleStart.at[i], head.sampleEnd.at[i]);
      int attribute = service();
      String service = attribute < 0 ? "" : names.get(attribute);
      if (service == null) {
        service = attributes.text(attribute);
        names.put(attribute, service);
      }
      Integer at = known.putIfAbsent(service, services.size());
      serviceOf[i] = at == null ? services.size() : at;
      if (at == null) {
        services.add(service);
      }
      if (services.size() > MOST_BODIES) {
        throw Wire.wrong("the samples of the profile name more than " + MOST_BODIES + " services");
      }
    }
    return services;
  }

  /** The attribute that says it; −1 = none does. */
  private int service() throws MalformedProfileException {
    for (int i = 0; i < sample.attributes.size; i++) {
      int at = attributes.read(sample.attributes.at[i]);
      if (attributes.kindOf(at) == Attributes.SERVICE) {
        return at;
      }
    }
    return -1;
  }

  private byte[] body(ProfileHead head, TypeNames names, Ranks ranks, int service)
      throws MalformedProfileException, OutOfRoomException {
    out.reset();
    try {
      tables.begin();
      labels.begin();
      type(Pprof.SAMPLE_TYPE, names.sample());
      for (int i = ranks.start()[service]; i < ranks.start()[service + 1]; i++) {
        int at = ranks.order()[i];
        sample.read(head.sampleStart.at[at], head.sampleEnd.at[at]);
        sample(names.factor());
      }
      type(Pprof.PERIOD_TYPE, names.period());
      Pprof.number(out, Pprof.PERIOD, head.period());
      tables.finish(ranks.order().length);
      Pprof.number(out, Pprof.TIME, head.timeNanos());
      Pprof.number(out, Pprof.DURATION, head.durationNanos());
    } finally {
      budget.wrote(out.size);
    }
    return workspace.gzip(out);
  }

  private void type(int field, TypeNames.Type type) throws OutOfRoomException {
    int name = tables.strings().add(type.type());
    int unit = tables.strings().add(type.unit());
    message.reset();
    Pprof.number(message, 1, name);
    Pprof.number(message, 2, unit);
    out.field(field, message.bytes, 0, message.size);
  }

  private void sample(long factor) throws MalformedProfileException, OutOfRoomException {
    long value = sample.value();
    if (factor != 1 && Math.multiplyHigh(value, factor) != (value * factor) >> 63) {
      throw Wire.wrong("the values of a sample are too large");
    }
    message.reset();
    stack();
    packed.reset();
    packed.varint(value * factor);
    message.field(2, packed.bytes, 0, packed.size);
    labels.write(sample, message);
    budget.check(out.size + (long) message.size);
    out.field(Pprof.SAMPLE, message.bytes, 0, message.size);
    budget.check(out.size);
  }

  private void stack() throws MalformedProfileException, OutOfRoomException {
    int at = dictionary.stacks.index(sample.stack());
    int from = dictionary.stacks.start.at[at];
    int to = dictionary.stacks.end.at[at];
    budget.read(to - from);
    packed.reset();
    cursor.over(dictionary.data, from, to);
    while (cursor.next()) {
      if (cursor.field() != OtlpFields.Stack.LOCATIONS) {
        cursor.skip();
      } else if (cursor.wireType() == Cursor.BYTES) {
        locations(cursor.start(), cursor.end());
      } else {
        packed.varint(tables.location(cursor.value()));
        budget.check(out.size + COPIES * packed.size);
      }
    }
    if (packed.size > 0) {
      message.field(1, packed.bytes, 0, packed.size);
    }
  }

  private void locations(int from, int to) throws MalformedProfileException, OutOfRoomException {
    Cursor indexes = Wire.over(dictionary.data, from, to);
    while (!indexes.atEnd()) {
      packed.varint(tables.location(indexes.varint()));
      budget.check(out.size + COPIES * packed.size);
    }
  }
}
