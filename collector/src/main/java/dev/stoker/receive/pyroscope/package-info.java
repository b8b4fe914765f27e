/**
 * <code>pyroscope.receive_http</code>: takes the profiles that Pyroscope's SDKs and other
 * collectors push, by push.v1 and by the older <code>/ingest</code>. The config calls its kind;
 * requests come on the control context, and bodies are read on CPU threads.
 */
@NullMarked
package dev.stoker.receive.pyroscope;

import org.jspecify.annotations.NullMarked;
