"""The migration script of name-based versioning: freezes functions under versioned names, checks them, and takes old ones out again."""
