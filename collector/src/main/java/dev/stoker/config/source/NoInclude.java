package dev.stoker.config.source;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigIncluderClasspath;
import com.typesafe.config.ConfigIncluderFile;
import com.typesafe.config.ConfigIncluderURL;
import com.typesafe.config.ConfigObject;
import dev.stoker.schema.Problems;
import java.io.File;
import java.net.URL;

/** Refuses includes. A text that came over the network must not read the files that it names. */
final class NoInclude
    implements ConfigIncluder, ConfigIncluderFile, ConfigIncluderURL, ConfigIncluderClasspath {
  private final SourceFiles.Source source;
  private final Problems problems;

  NoInclude(SourceFiles.Source source, Problems problems) {
    this.source = source;
    this.problems = problems;
  }

  @Override
  public ConfigIncluder withFallback(ConfigIncluder fallback) {
    return this;
  }

  @Override
  public ConfigObject include(ConfigIncludeContext context, String what) {
    return refuse();
  }

  @Override
  public ConfigObject includeFile(ConfigIncludeContext context, File what) {
    return refuse();
  }

  @Override
  public ConfigObject includeURL(ConfigIncludeContext context, URL what) {
    return refuse();
  }

  @Override
  public ConfigObject includeResources(ConfigIncludeContext context, String what) {
    return refuse();
  }

  private ConfigObject refuse() {
    problems.error(source.place(0), "", "nothing can be included here; write the rules out");
    return ConfigFactory.empty().root();
  }
}
