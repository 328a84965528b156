// Command pulumi-language-python is a language host: the process that the Pulumi engine starts when a project, a policy
// pack or a component package says `runtime: python`. It exists because Pulumi's own host can't be built from published
// Go modules. Where the official host is installed, that one is used and this one is not built.
//
// The engine's side of the contract: argv holds its address, the first line on stdout is the port of a LanguageRuntime
// gRPC server, standard input is a pipe that stays open as long as the engine lives, and SIGINT ends the host.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"syscall"

	"google.golang.org/grpc"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// The engine allows messages of this size on its side of every plugin connection.
const maxMessageBytes = 400 << 20

func main() {
	if err := serve(parseArguments(os.Args[1:])); err != nil {
		fmt.Fprintln(os.Stderr, "pulumi-language-python:", err)
		os.Exit(1)
	}
}

// parseArguments returns the engine's address. The flags are those that the engine hands to every plugin when its own
// logging or tracing is on; this host has nothing to log or trace.
func parseArguments(arguments []string) string {
	flags := flag.NewFlagSet("pulumi-language-python", flag.ExitOnError)
	flags.Bool("logtostderr", false, "accepted, ignored")
	flags.Bool("logflow", false, "accepted, ignored")
	flags.Int("v", 0, "accepted, ignored")
	flags.String("tracing", "", "accepted, ignored")
	_ = flags.Parse(arguments)
	return flags.Arg(0)
}

// serve answers the engine until it asks us to stop or is gone, and returns only when every child has ended.
func serve(engineAddress string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go cancelWhenEngineIsGone(cancel)

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := grpc.NewServer(grpc.MaxRecvMsgSize(maxMessageBytes), grpc.MaxSendMsgSize(maxMessageBytes))
	pulumirpc.RegisterLanguageRuntimeServer(server, &languageHost{lifetime: ctx, engineAddress: engineAddress})
	go func() {
		<-ctx.Done()
		server.Stop() // cancels the running calls, which end their children and are waited for
	}()
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	return server.Serve(listener)
}

// cancelWhenEngineIsGone waits for the end of standard input. Only a pipe says anything: a host started by hand may have
// a terminal or /dev/null there.
func cancelWhenEngineIsGone(cancel context.CancelFunc) {
	info, err := os.Stdin.Stat()
	if err != nil || info.Mode()&os.ModeNamedPipe == 0 {
		return
	}
	_, _ = io.Copy(io.Discard, os.Stdin)
	cancel()
}
