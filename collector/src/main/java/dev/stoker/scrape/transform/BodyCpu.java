package dev.stoker.scrape.transform;

import dev.stoker.concurrent.CpuPool;
import dev.stoker.pprof.wire.Workspaces;

/**
 * Where fetched bodies are worked on.
 *
 * @param pool runs the work, away from the control context
 * @param workspaces lends each of its threads the arrays that the work needs
 */
public record BodyCpu(CpuPool pool, Workspaces workspaces) {}
