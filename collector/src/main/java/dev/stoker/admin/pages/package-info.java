/** The pages, as files of the class path. */
@NullMarked
package dev.stoker.admin.pages;

import org.jspecify.annotations.NullMarked;
