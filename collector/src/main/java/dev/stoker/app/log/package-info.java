/**
 * Sets logging up, as text or as JSON lines, and keeps the last lines for the support page. The
 * commands and the daemon call it at their start; log lines come from any thread.
 */
@NullMarked
package dev.stoker.app.log;

import org.jspecify.annotations.NullMarked;
