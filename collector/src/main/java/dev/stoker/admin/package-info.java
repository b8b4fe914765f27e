/**
 * The admin HTTP server: health, metrics, the JSON API and the pages. {@link
 * dev.stoker.admin.AdminRoutes} lists every route; <code>docs/http-api.md</code> describes them.
 */
@NullMarked
package dev.stoker.admin;

import org.jspecify.annotations.NullMarked;
