"""What a frozen version consists of: which files, what is cut out of them, what is renamed, and how Azure loads them."""
