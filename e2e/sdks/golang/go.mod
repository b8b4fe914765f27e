// A Go program with Pyroscope's SDK; its own module, so that the tests do not depend on the SDK.
module dev.stoker/e2e/sdks/golang

go 1.25.0

require (
	github.com/grafana/otel-profiling-go v0.5.1
	github.com/grafana/pyroscope-go v1.5.0
	go.opentelemetry.io/otel v1.21.0
	go.opentelemetry.io/otel/sdk v1.21.0
)

require (
	github.com/go-logr/logr v1.3.0 // indirect
	github.com/go-logr/stdr v1.2.2 // indirect
	github.com/grafana/pyroscope-go/godeltaprof v0.1.12 // indirect
	github.com/klauspost/compress v1.20.2 // indirect
	go.opentelemetry.io/otel/metric v1.21.0 // indirect
	go.opentelemetry.io/otel/trace v1.21.0 // indirect
	golang.org/x/sys v0.14.0 // indirect
)
