"""Brings a stack back to order after its update was killed.

What a killed update leaves (pulumi/pulumi, `pkg/resource/deploy`): a lock, on backends that lock by a file, and `pending_operations` in
the state: what was under way when the last checkpoint was written. A creation among them may have taken place. Pulumi itself then
creates a second time, which Azure refuses ("cannot create already existing resource"), or forgets it.

Here whatever may exist is put into the state, and a refresh asks Azure for it, with the provider's own sign-in and subscription: what is
there stays, what is not is gone from the state again. `planning` decides without asking anybody; `acting` runs pulumi.
"""

from .acting import Repaired, repair_stack
from .slots import slots_to_mend

__all__ = ["Repaired", "repair_stack", "slots_to_mend"]
