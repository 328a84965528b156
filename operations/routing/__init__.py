"""The operator's side of application routing: the router is asked, and told, over its own HTTP interface."""
