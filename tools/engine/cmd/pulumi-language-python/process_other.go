//go:build !linux

package main

import (
	"os"
	"os/exec"
	"runtime"
)

// endWithParent can do nothing where the kernel offers no such tie: a child of a killed host ends there when its
// connection to the engine breaks.
func endWithParent(*exec.Cmd) {}

func interrupt(process *os.Process) error {
	if runtime.GOOS == "windows" {
		return process.Kill() // it has no interrupt for a single process
	}
	return process.Signal(os.Interrupt)
}
