// Witness runs Prometheus' own Kubernetes discovery, as a library: what it finds is what
// Stoker's has to find. It takes a file with a list of kubernetes_sd_configs, each with a
// name, and answers GET with all targets by name.
package main

import (
	"context"
	"encoding/json"
	"log"
	"log/slog"
	"net/http"
	"os"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/discovery"
	"github.com/prometheus/prometheus/discovery/kubernetes"
	"github.com/prometheus/prometheus/discovery/targetgroup"
	"gopkg.in/yaml.v2"
)

func main() {
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	var configs map[string]*kubernetes.SDConfig
	if err := yaml.UnmarshalStrict(text, &configs); err != nil {
		log.Fatal(err)
	}
	var mu sync.Mutex
	found := map[string]map[string]*targetgroup.Group{}
	for name, config := range configs {
		found[name] = map[string]*targetgroup.Group{}
		registry := prometheus.NewRegistry()
		metrics := config.NewDiscovererMetrics(registry, discovery.NewRefreshMetrics(registry))
		discoverer, err := config.NewDiscoverer(discovery.DiscovererOptions{Logger: slog.Default(), Metrics: metrics})
		if err != nil {
			log.Fatal(err)
		}
		updates := make(chan []*targetgroup.Group)
		go discoverer.Run(context.Background(), updates)
		go func() {
			for groups := range updates {
				mu.Lock()
				for _, group := range groups {
					found[name][group.Source] = group
				}
				mu.Unlock()
			}
		}()
	}
	log.Fatal(http.ListenAndServe(os.Args[2], http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		answer := map[string][]model.LabelSet{}
		for name, groups := range found {
			answer[name] = []model.LabelSet{}
			for _, group := range groups {
				for _, target := range group.Targets {
					answer[name] = append(answer[name], group.Labels.Merge(target))
				}
			}
		}
		_ = json.NewEncoder(w).Encode(answer)
	})))
}
