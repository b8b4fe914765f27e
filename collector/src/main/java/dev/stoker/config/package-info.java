/**
 * HOCON to config records: all problems at once, each with file and line. Sees the config records
 * of the stages, never their machinery.
 */
@NullMarked
package dev.stoker.config;

import org.jspecify.annotations.NullMarked;
