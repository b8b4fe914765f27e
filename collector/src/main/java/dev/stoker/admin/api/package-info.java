/** What each route answers. Reads the stages' views on the control context; decides nothing. */
@NullMarked
package dev.stoker.admin.api;

import org.jspecify.annotations.NullMarked;
