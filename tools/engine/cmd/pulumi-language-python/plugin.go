package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"

	"github.com/BurntSushi/toml"
	"google.golang.org/grpc"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

type pluginStream = grpc.ServerStreamingServer[pulumirpc.RunPluginResponse]

// RunPlugin runs a policy pack or a component package written in Python, and streams its output: the engine reads the
// plugin's port from there. It ends when the plugin ends, or when the engine closes the call.
func (host *languageHost) RunPlugin(request *pulumirpc.RunPluginRequest, stream pluginStream) error {
	if err := refuseDebugger(request.GetAttachDebugger()); err != nil {
		return err
	}
	python, err := findPython(request.GetInfo())
	if err != nil {
		return err
	}
	arguments, err := pluginArguments(request)
	if err != nil {
		return err
	}
	ctx, release := host.untilStopped(stream.Context())
	defer release()

	command := python.command(ctx, pluginEnvironment(request), append([]string{"-u"}, arguments...)...)
	command.Dir = request.GetPwd()
	err = runChild(command, newSender(stream))
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		return fmt.Errorf("the plugin in %s could not be started: %w", request.GetInfo().GetProgramDirectory(), err)
	}
	return stream.Send(&pulumirpc.RunPluginResponse{
		Output: &pulumirpc.RunPluginResponse_Exitcode{Exitcode: int32(command.ProcessState.ExitCode())},
	})
}

// pluginArguments says what Python is to run: a policy pack through the SDK's own runner; a package's __main__.py; or, for
// a package that has only a pyproject.toml with a [build-system], the SDK's runner for the module of that name.
func pluginArguments(request *pulumirpc.RunPluginRequest) ([]string, error) {
	info := request.GetInfo()
	program := filepath.Join(info.GetProgramDirectory(), info.GetEntryPoint())
	if request.GetKind() == "analyzer" {
		return append(append([]string{"-m", "pulumi.policy"}, request.GetArgs()...), program), nil
	}
	if isFile(program) || isFile(filepath.Join(program, "__main__.py")) {
		return append([]string{program}, request.GetArgs()...), nil
	}
	name, err := distributionName(filepath.Join(program, "pyproject.toml"))
	if err != nil {
		return nil, err
	}
	return append([]string{"-m", "pulumi.run.plugin", name}, request.GetArgs()...), nil
}

func distributionName(pyproject string) (string, error) {
	var content struct {
		Project     struct{ Name string }
		BuildSystem map[string]any `toml:"build-system"`
	}
	if _, err := toml.DecodeFile(pyproject, &content); errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("%s holds neither a __main__.py nor a pyproject.toml: nothing to run", filepath.Dir(pyproject))
	} else if err != nil {
		return "", fmt.Errorf("%s: %w", pyproject, err)
	}
	if content.Project.Name == "" || content.BuildSystem == nil {
		return "", fmt.Errorf("%s needs [project] name and [build-system], or a __main__.py beside it", pyproject)
	}
	return content.Project.Name, nil
}

// pluginEnvironment lets a package be imported from its folder without having been installed.
func pluginEnvironment(request *pulumirpc.RunPluginRequest) []string {
	folder := request.GetInfo().GetProgramDirectory()
	environment := request.GetEnv()
	for index, entry := range environment {
		if value, found := strings.CutPrefix(entry, "PYTHONPATH="); found && value != "" {
			environment[index] = entry + string(os.PathListSeparator) + folder
			return environment
		}
	}
	return append(environment, "PYTHONPATH="+folder)
}

// sender is the plugin's stdout and stderr as the engine's stream, which takes one message at a time.
type sender struct {
	stdout, stderr io.Writer
}

func newSender(stream pluginStream) *sender {
	var lock sync.Mutex
	send := func(response *pulumirpc.RunPluginResponse) error {
		lock.Lock()
		defer lock.Unlock()
		return stream.Send(response)
	}
	return &sender{
		stdout: writer(func(data []byte) error {
			return send(&pulumirpc.RunPluginResponse{Output: &pulumirpc.RunPluginResponse_Stdout{Stdout: data}})
		}),
		stderr: writer(func(data []byte) error {
			return send(&pulumirpc.RunPluginResponse{Output: &pulumirpc.RunPluginResponse_Stderr{Stderr: data}})
		}),
	}
}

type writer func(data []byte) error

func (write writer) Write(data []byte) (int, error) {
	if err := write(data); err != nil {
		return 0, err
	}
	return len(data), nil
}
