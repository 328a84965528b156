package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// python is the interpreter a program or plugin is run with.
type python struct {
	executable string
	virtualenv string // absolute; "" for an interpreter found on PATH
}

// findPython follows the runtime options of Pulumi.yaml, PulumiPolicy.yaml or PulumiPlugin.yaml: `virtualenv`, relative to
// the folder of that file; without it the active environment (VIRTUAL_ENV), then python3 or python on PATH.
func findPython(info *pulumirpc.ProgramInfo) (python, error) {
	options := info.GetOptions().GetFields()
	if toolchain := options["toolchain"].GetStringValue(); toolchain != "" && toolchain != "pip" {
		return python{}, fmt.Errorf("runtime option `toolchain: %s` is unknown to this Python language host, which knows "+
			"only `pip`; set `toolchain: pip` with a `virtualenv`, or install the official Pulumi CLI", toolchain)
	}
	if checker := options["typechecker"].GetStringValue(); checker != "" {
		return python{}, fmt.Errorf("runtime option `typechecker: %s` would be ignored by this Python language host; "+
			"remove it and run the type checker yourself, or install the official Pulumi CLI", checker)
	}
	if virtualenv := options["virtualenv"].GetStringValue(); virtualenv != "" {
		if !filepath.IsAbs(virtualenv) {
			virtualenv = filepath.Join(info.GetRootDirectory(), virtualenv)
		}
		return fromVirtualenv(virtualenv, info.GetRootDirectory())
	}
	if active := os.Getenv("VIRTUAL_ENV"); active != "" && isFile(venvPython(active)) {
		return fromVirtualenv(active, info.GetRootDirectory())
	}
	return fromPath()
}

func fromVirtualenv(folder, root string) (python, error) {
	executable := venvPython(folder)
	if isFile(executable) {
		return python{executable: executable, virtualenv: folder}, nil
	}
	what := "does not exist"
	if _, err := os.Stat(folder); err == nil {
		what = "has no Python in it"
	}
	return python{}, fmt.Errorf("the virtual environment %s, named by the runtime option `virtualenv`, %s. Make it with:\n\n"+
		"    python3 -m venv %s\n    %s -m pip install -r %s\n", folder, what, folder, executable, filepath.Join(root, "requirements.txt"))
}

func fromPath() (python, error) {
	names := []string{"python3", "python"}
	if runtime.GOOS == "windows" {
		names = []string{"python", "python3"} // python3 may be the stub of the app store there
	}
	for _, name := range names {
		if executable, err := exec.LookPath(name); err == nil {
			return python{executable: executable}, nil
		}
	}
	return python{}, fmt.Errorf("no Python found: the runtime option `virtualenv` and VIRTUAL_ENV are not set, "+
		"and neither %s is on PATH", strings.Join(names, " nor "))
}

// command is this Python with arguments. environment is what the process would inherit; a virtual environment is made
// active in it, as its activate script would do.
func (py python) command(ctx context.Context, environment []string, arguments ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, py.executable, arguments...)
	command.Env = environment
	if py.virtualenv != "" {
		command.Env = activated(environment, py.virtualenv)
	}
	return command
}

func activated(environment []string, virtualenv string) []string {
	result := make([]string, 0, len(environment)+2)
	path := filepath.Dir(venvPython(virtualenv))
	for _, entry := range environment {
		name, value, _ := strings.Cut(entry, "=")
		switch strings.ToUpper(name) {
		case "PATH":
			path = filepath.Dir(venvPython(virtualenv)) + string(os.PathListSeparator) + value
		case "PYTHONHOME", "VIRTUAL_ENV": // they would point Python at another installation
		default:
			result = append(result, entry)
		}
	}
	return append(result, "PATH="+path, "VIRTUAL_ENV="+virtualenv)
}

func venvPython(virtualenv string) string {
	if runtime.GOOS == "windows" {
		return filepath.Join(virtualenv, "Scripts", "python.exe")
	}
	return filepath.Join(virtualenv, "bin", "python")
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir()
}
