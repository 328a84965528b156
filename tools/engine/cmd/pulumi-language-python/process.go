package main

import (
	"os/exec"
	"runtime"
	"time"
)

// How long a child may take to clean up once it has been interrupted. The engine gives the whole host five seconds.
const grace = 3 * time.Second

// runChild starts command, sends its output to output (nil: where command says), and returns when it has ended.
//
// The child stays in our process group, which is the one that the engine interrupts and, in the end, kills. When the call's
// context ends (the engine closed it, or died), the child is interrupted and, after the grace period, killed.
func runChild(command *exec.Cmd, output *sender) error {
	command.Cancel = func() error { return interrupt(command.Process) }
	command.WaitDelay = grace
	if output != nil {
		command.Stdout = output.stdout
		command.Stderr = output.stderr
	}
	endWithParent(command)
	// Linux ties a child's life to the THREAD that started it, so that thread has to live as long as the child.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	return command.Run()
}
