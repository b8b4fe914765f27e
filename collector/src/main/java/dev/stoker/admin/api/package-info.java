/**
 * The answers of the routes. The classes read the stages' views on the control context, and decide
 * nothing.
 */
@NullMarked
package dev.stoker.admin.api;

import org.jspecify.annotations.NullMarked;
