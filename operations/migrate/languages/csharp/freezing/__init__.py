"""What a frozen version is made of: which files, under which namespaces, without what."""
