/**
 * Converts Grafana Alloy's configuration syntax to Stoker's HOCON: text in, text out. {@link
 * dev.stoker.alloy.Translator} is the way in. The reading of config files calls it, from any
 * thread, and says how a file is read, because nothing here reads files. The grammar and the
 * functions follow Alloy's public documentation (reference/config-language).
 */
@NullMarked
package dev.stoker.alloy;

import org.jspecify.annotations.NullMarked;
