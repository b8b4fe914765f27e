/**
 * The admin HTTP server: health, metrics, the JSON API. Reads the stages' views on the control
 * context; decides nothing.
 */
@NullMarked
package dev.stoker.admin;

import org.jspecify.annotations.NullMarked;
