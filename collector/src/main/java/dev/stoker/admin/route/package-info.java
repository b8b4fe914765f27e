/**
 * What all routes are made of: parameters, the writer of answers and errors, JSON routes. Knows
 * nothing of what is asked for.
 */
@NullMarked
package dev.stoker.admin.route;

import org.jspecify.annotations.NullMarked;
