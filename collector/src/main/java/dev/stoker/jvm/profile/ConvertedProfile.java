package dev.stoker.jvm.profile;

/**
 * One of the profiles that a body held.
 *
 * @param name for <code>__name__</code>
 * @param body gzipped pprof with its own time; equal names of one conversion have different times
 */
public record ConvertedProfile(String name, byte[] body) {}
