package dev.stoker.config;

import dev.stoker.profile.relabel.ProfileRelabelConfig;
import dev.stoker.profile.relabel.SampleRules;
import dev.stoker.relabel.Relabeler;
import java.util.List;

/** <code>pyroscope.relabel</code>. */
final class ProfileRelabelReader {
  private static final int MAX_CACHE = 1_000_000;

  static ProfileRelabelConfig read(String id, Args args) {
    args.refuse(RelabelReader.REFUSED);
    ProfileRelabelConfig config =
        new ProfileRelabelConfig(
            id,
            args.require(
                "forward_to",
                List.of(),
                "forward_to = [ pyroscope.write.LABEL.receiver ]",
                References::receivers),
            new Relabeler(RelabelReader.rules(args)),
            args.get(
                "max_cache_size",
                ProfileRelabelConfig.DEFAULT_MAX_CACHE_SIZE,
                Scalars.integer(1, MAX_CACHE)),
            new SampleRules(
                new Relabeler(args.get("sample_rules", List.of(), RelabelReader::list)),
                args.get("max_sample_label_sets", 0, Scalars.integer(0, MAX_CACHE))));
    args.finish();
    return config;
  }

  private ProfileRelabelReader() {}
}
