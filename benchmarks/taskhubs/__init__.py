"""What it costs to know whether a task hub is drained, and what the cheaper ways get wrong: on Azurite, and on a server that pages as Azure does.

The tests of `taskhub` use the emulator, the rows and the paging server from here.
"""
