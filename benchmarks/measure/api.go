package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

var client = &http.Client{Timeout: 30 * time.Second}

func getJSON(url string, into any) error {
	r, err := client.Get(url)
	if err != nil {
		return err
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", url, r.Status)
	}
	return json.NewDecoder(r.Body).Decode(into)
}

func reset(base string) error {
	r, err := client.Post(base+"/reset", "", nil)
	if err != nil {
		return err
	}
	return r.Body.Close()
}

// loops sums GET /api/v1/targets of the collector.
type loops struct {
	count                      int
	health                     map[string]int
	scrapes, failures, skipped int64
	lastError                  string
}

func readLoops(base string) (loops, error) {
	var answer struct {
		Active []struct {
			Health    string  `json:"health"`
			LastError *string `json:"last_error"`
			Scrapes   int64   `json:"scrapes"`
			Failures  int64   `json:"failures"`
			Skipped   int64   `json:"skipped"`
		} `json:"active"`
	}
	if err := getJSON(base+"/api/v1/targets", &answer); err != nil {
		return loops{}, err
	}
	l := loops{count: len(answer.Active), health: map[string]int{}}
	for _, a := range answer.Active {
		l.health[a.Health]++
		l.scrapes += a.Scrapes
		l.failures += a.Failures
		l.skipped += a.Skipped
		if a.LastError != nil && *a.LastError != "" {
			l.lastError = *a.LastError
		}
	}
	return l, nil
}

// delivery sums GET /api/v1/endpoints of the collector.
type delivery struct{ offered, sent, dropped, queued, inFlight int64 }

func readDelivery(base string) (delivery, error) {
	var answer []struct {
		Offered  int64            `json:"offered"`
		Sent     int64            `json:"sent"`
		Dropped  map[string]int64 `json:"dropped"`
		Queued   int64            `json:"queued"`
		InFlight int64            `json:"in_flight"`
	}
	if err := getJSON(base+"/api/v1/endpoints", &answer); err != nil {
		return delivery{}, err
	}
	var d delivery
	for _, a := range answer {
		d.offered += a.Offered
		d.sent += a.Sent
		d.queued += a.Queued
		d.inFlight += a.InFlight
		for _, n := range a.Dropped {
			d.dropped += n
		}
	}
	return d, nil
}

type farmStats struct {
	Total struct {
		Requests int64 `json:"requests"`
		Answered int64 `json:"answered"`
		Bytes    int64 `json:"bytes"`
		Busy     int64 `json:"busy"`
		Aborted  int64 `json:"aborted"`
		Missed   int64 `json:"missed"`
		Wrapped  int64 `json:"wrapped"`
	} `json:"total"`
	Types map[string]struct {
		Loops int   `json:"loops"`
		Min   int64 `json:"requests_min"`
		Max   int64 `json:"requests_max"`
	} `json:"types"`
}

type sinkStats struct {
	Requests int64 `json:"requests"`
	Rejected int64 `json:"rejected"`
	Profiles int64 `json:"profiles"`
	Bytes    int64 `json:"bytes"`
	Invalid  int64 `json:"invalid"`
	Peak     int64 `json:"in_flight_peak"`
}
