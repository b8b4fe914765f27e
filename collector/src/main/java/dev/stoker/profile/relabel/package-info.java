/**
 * <code>pyroscope.relabel</code>: rules between scrape and write. Takes and gives profiles; the
 * rules themselves are {@link dev.stoker.relabel}.
 */
@NullMarked
package dev.stoker.profile.relabel;

import org.jspecify.annotations.NullMarked;
