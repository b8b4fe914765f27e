/**
 * HOCON becomes config records: {@link dev.stoker.config.ConfigLoader} reports all problems at
 * once, each with file and line. A kind of component is one reader and one line in {@code
 * ComponentKinds}. Reads files, starts nothing; any thread.
 */
@NullMarked
package dev.stoker.config;

import org.jspecify.annotations.NullMarked;
