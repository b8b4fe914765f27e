// Package address says where the farm's targets listen, for the farm and for the configuration of the collector.
package address

import (
	"fmt"
	"net"
)

// perHost targets share one loopback address, so that ten thousand of them need no more ports than a thousand.
const perHost = 1000

// Of is the host and port of a target, of which the first has the base port.
func Of(target, basePort int) string {
	return net.JoinHostPort(fmt.Sprintf("127.0.%d.1", target/perHost), fmt.Sprint(basePort+target%perHost))
}

// Ports is how many ports from the base on so many targets take.
func Ports(targets int) int { return min(targets, perHost) }

// Answers tells whether a target is among the share that answers; those are spread evenly over all.
func Answers(target int, share float64) bool {
	return int(float64(target+1)*share+1e-9) > int(float64(target)*share+1e-9)
}
