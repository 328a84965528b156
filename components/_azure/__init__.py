"""Azure's own rules and names as data: what things may be called, what plans can do, how versions compare."""
