package dev.stoker.receive;

/**
 * Who has sent a request.
 *
 * @param address without the port
 * @param agent the header User-Agent, as it may be shown
 * @param tenant valid, or "" = none
 */
public record Sender(String address, String agent, String tenant) {}
