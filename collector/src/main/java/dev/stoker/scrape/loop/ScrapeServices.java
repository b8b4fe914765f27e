package dev.stoker.scrape.loop;

import dev.stoker.concurrent.Timers;
import dev.stoker.discovery.TargetBudget;
import dev.stoker.profile.Verdicts;
import dev.stoker.scrape.baseline.Baselines;
import dev.stoker.scrape.fetch.Scraper;
import dev.stoker.scrape.schedule.ProcessGates;
import dev.stoker.scrape.schedule.ScrapeSlots;
import dev.stoker.scrape.transform.BodyCpu;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * The services that all scrape components of the daemon share.
 *
 * @param gate one for all: two components may scrape one process
 * @param slots for all scrapes at once
 * @param baselines where delta loops leave theirs when they end
 * @param loops what the loops of all components may take of the heap
 * @param verdicts by which endpoints tell loops what a server has said
 * @param pushers by which receivers tell loops what is pushed too
 * @param seed of this instance's phases
 */
public record ScrapeServices(
    Timers timers,
    Scraper scraper,
    ProcessGates gate,
    ScrapeSlots slots,
    BodyCpu cpu,
    Baselines baselines,
    TargetBudget loops,
    Verdicts verdicts,
    Pushers pushers,
    MeterRegistry registry,
    long seed) {}
