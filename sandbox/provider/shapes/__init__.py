"""Values between the engine, the SDK's types and ARM's JSON: what they look like, how they are checked, turned and compared."""
