"""An embedded Azure for the `local` stack and for tests. Nothing in this folder ships to a cloud.

It knows only Azure's contracts: resource ids, ARM requests, the storage protocols, and what Microsoft documents about them.
It imports no other room of this project, so that a fault in ours can't hide in a matching fault here.
"""
