// The black-box tests of the collector: real processes, real sockets.
module dev.stoker/e2e

go 1.25.0

require github.com/google/pprof v0.0.0-20260302011040-a15ffb7f9dcc

require gopkg.in/yaml.v3 v3.0.1 // indirect
