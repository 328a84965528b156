package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// The exit code by which run_program.py says that the user has already been told what is wrong.
const exitHandled = 32

//go:embed run_program.py
var runProgram string

// Run runs a Pulumi program to its end. What the program prints goes to our own stdout and stderr, which the engine shows.
func (host *languageHost) Run(call context.Context, request *pulumirpc.RunRequest) (*pulumirpc.RunResponse, error) {
	if err := refuseDebugger(request.GetAttachDebugger()); err != nil {
		return nil, err
	}
	python, err := findPython(request.GetInfo())
	if err != nil {
		return nil, err
	}
	environment, err := programEnvironment(request)
	if err != nil {
		return nil, err
	}
	ctx, release := host.untilStopped(call)
	defer release()

	arguments := append([]string{"-u", "-c", runProgram}, host.programArguments(request)...)
	command := python.command(ctx, environment, arguments...)
	command.Dir = request.GetPwd()
	command.Stdout = os.Stdout
	command.Stderr = os.Stderr
	err = runChild(command, nil)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return response(err)
}

func (host *languageHost) programArguments(request *pulumirpc.RunRequest) []string {
	info := request.GetInfo()
	arguments := []string{
		"--engine", host.engineAddress,
		"--monitor", request.GetMonitorAddress(),
		"--project", request.GetProject(),
		"--stack", request.GetStack(),
		"--organization", request.GetOrganization(),
		"--root-directory", info.GetRootDirectory(),
		"--parallel", strconv.Itoa(int(request.GetParallel())),
	}
	if request.GetDryRun() {
		arguments = append(arguments, "--dry-run")
	}
	arguments = append(arguments, "--", filepath.Join(info.GetProgramDirectory(), info.GetEntryPoint()))
	return append(arguments, request.GetArgs()...)
}

// programEnvironment carries the stack's configuration under the names that the SDK reads. A stack without any is an empty
// map there: the SDK does not take null.
func programEnvironment(request *pulumirpc.RunRequest) ([]string, error) {
	values := request.GetConfig()
	if values == nil {
		values = map[string]string{}
	}
	config, err := json.Marshal(values)
	if err != nil {
		return nil, err
	}
	keys, err := json.Marshal(append([]string{}, request.GetConfigSecretKeys()...))
	if err != nil {
		return nil, err
	}
	return append(os.Environ(), "PULUMI_CONFIG="+string(config), "PULUMI_CONFIG_SECRET_KEYS="+string(keys)), nil
}

// response turns the child's end into what the engine shows: nothing more where the program has told the user itself.
func response(err error) (*pulumirpc.RunResponse, error) {
	var ended *exec.ExitError
	switch {
	case err == nil:
		return &pulumirpc.RunResponse{}, nil
	case !errors.As(err, &ended):
		return nil, fmt.Errorf("the program could not be started: %w", err)
	case ended.ExitCode() == exitHandled:
		return &pulumirpc.RunResponse{Bail: true}, nil
	case ended.ExitCode() < 0:
		return &pulumirpc.RunResponse{Error: "the Python program was ended by a signal: " + ended.String()}, nil
	default:
		return &pulumirpc.RunResponse{Error: fmt.Sprintf("the Python program ended with exit code %d", ended.ExitCode())}, nil
	}
}
