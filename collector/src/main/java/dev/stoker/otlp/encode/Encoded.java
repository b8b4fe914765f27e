package dev.stoker.otlp.encode;

/**
 * A profile as an ExportProfilesServiceRequest.
 *
 * @param request protobuf, gzipped
 * @param profiles OTLP profiles in it: one for each sample type
 * @param mendedTexts texts that were no UTF-8, which OTLP demands; their wrong bytes are replaced
 * @param period whether the period type is the sample type, because the profile has none
 */
public record Encoded(byte[] request, int profiles, int mendedTexts, boolean period) {}
