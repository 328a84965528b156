package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/pulumi/pulumi/sdk/v3/go/common/version"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// languageHost answers what the engine asks for in up, preview, refresh, destroy, policy packs and component packages.
// Generating code (`pulumi new`, `convert`, `package add`) stays with the official host and is answered Unimplemented.
type languageHost struct {
	pulumirpc.UnimplementedLanguageRuntimeServer

	lifetime      context.Context // ends when the host has been told to stop
	engineAddress string
}

// Handshake comes first where the engine attaches to a running host; it then tells its address here and not in argv.
func (host *languageHost) Handshake(
	_ context.Context, request *pulumirpc.LanguageHandshakeRequest,
) (*pulumirpc.LanguageHandshakeResponse, error) {
	host.engineAddress = request.GetEngineAddress()
	return &pulumirpc.LanguageHandshakeResponse{}, nil
}

func (host *languageHost) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: strings.TrimPrefix(version.Version, "v")}, nil
}

// GetRequiredPackages names nothing: the SDK sends the version of its provider with every resource, and the engine finds
// or fetches that plugin when the first resource asks for it.
func (host *languageHost) GetRequiredPackages(
	context.Context, *pulumirpc.GetRequiredPackagesRequest,
) (*pulumirpc.GetRequiredPackagesResponse, error) {
	return &pulumirpc.GetRequiredPackagesResponse{}, nil
}

// InstallDependencies installs nothing. Whoever owns the virtual environment (make, pip, CI) fills it; a plugin whose
// environment is missing is told so when it is run.
func (host *languageHost) InstallDependencies(
	*pulumirpc.InstallDependenciesRequest, grpc.ServerStreamingServer[pulumirpc.InstallDependenciesResponse],
) error {
	return nil
}

// About names the Python that would run this program.
func (host *languageHost) About(
	ctx context.Context, request *pulumirpc.AboutRequest,
) (*pulumirpc.AboutResponse, error) {
	python, err := findPython(request.GetInfo())
	if err != nil {
		return nil, err
	}
	command := python.command(ctx, os.Environ(), "-c",
		"import platform, sys; print(sys.executable); print(platform.python_version())")
	output, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("asking %s for its version: %w", python.executable, err)
	}
	executable, pythonVersion, _ := strings.Cut(strings.TrimSpace(string(output)), "\n")
	return &pulumirpc.AboutResponse{
		Executable: strings.TrimSpace(executable),
		Version:    strings.TrimSpace(pythonVersion),
		Metadata:   map[string]string{"host": "durable-deploy", "virtualenv": python.virtualenv},
	}, nil
}

// Cancel acknowledges. The engine sends it while it still waits for operations that are under way, also to providers
// written in Python which this host runs: ending them here would leave half-made resources. It ends them itself, by
// closing their calls and by SIGINT, when nothing is under way any more.
func (host *languageHost) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

// untilStopped is the call's context, ended early when the host is told to stop.
func (host *languageHost) untilStopped(call context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(call)
	unhook := context.AfterFunc(host.lifetime, cancel)
	return ctx, func() { unhook(); cancel() }
}

func refuseDebugger(wanted bool) error {
	if !wanted {
		return nil
	}
	return status.Error(codes.Unimplemented, "this Python language host can't start a debugger; "+
		"leave out --attach-debugger, or install the official Pulumi CLI with its own language host")
}
