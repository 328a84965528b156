"""What Pulumi runs: the settings of the selected stack, what its strategy makes of them, and the outputs of that."""

from pathlib import Path

import pulumi

from stacks import StackConfig, build, read_settings

settings = read_settings(StackConfig.of_running_stack(Path(__file__).resolve().parent))
for name, value in build(settings).items():
    pulumi.export(name, value)
