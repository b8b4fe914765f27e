package harness

import "syscall"

// dieWithParent makes children end with the test binary, also when that is
// killed by its timeout and runs no cleanup.
func dieWithParent() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
