/**
 * HTTP client settings shared by scrape, write and discovery: one block, one meaning everywhere.
 * Knows nothing of profiles or targets.
 */
@NullMarked
package dev.stoker.http;

import org.jspecify.annotations.NullMarked;
