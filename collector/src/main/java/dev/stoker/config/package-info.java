/**
 * A config becomes records: {@link dev.stoker.config.ConfigLoader} reads the files, substitutes,
 * walks the tree, lets each kind of component read its own block, and reports all problems at once.
 * The commands and the reload call it. Everything here blocks, and any thread may call it.
 */
@NullMarked
package dev.stoker.config;

import org.jspecify.annotations.NullMarked;
