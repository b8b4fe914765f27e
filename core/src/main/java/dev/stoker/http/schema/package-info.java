/** The arguments of an HTTP client, which scrape, write and discovery share. */
@NullMarked
package dev.stoker.http.schema;

import org.jspecify.annotations.NullMarked;
