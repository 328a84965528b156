"""What `ApplicationRouting` is made of: its arguments and rules, the blueprint, stores, rights, and the router's own app."""
