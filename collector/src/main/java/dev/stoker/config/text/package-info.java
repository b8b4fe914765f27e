/**
 * The text of a config file as the user wrote it: where a value stands, how a line is shown below a
 * message, which values are secret, and what the HOCON parser would not notice by itself. Nothing
 * here reads files. The reading of files calls it, and the loader calls it for what it shows.
 */
@NullMarked
package dev.stoker.config.text;

import org.jspecify.annotations.NullMarked;
