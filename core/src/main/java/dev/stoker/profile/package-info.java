/**
 * What flows between the stages: {@link dev.stoker.profile.Profile} and {@link
 * dev.stoker.profile.Appender}. Every stage may see this package, it sees only labels.
 */
@NullMarked
package dev.stoker.profile;

import org.jspecify.annotations.NullMarked;
