package main

import (
	"os"
	"os/exec"
	"syscall"
)

// endWithParent makes the kernel kill the child when this host is killed, whatever the reason.
func endWithParent(command *exec.Cmd) {
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}

func interrupt(process *os.Process) error { return process.Signal(os.Interrupt) }
