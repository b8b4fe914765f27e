//go:build !linux

package harness

import "syscall"

// dieWithParent has no equivalent here; cleanups end the children.
func dieWithParent() *syscall.SysProcAttr { return nil }
