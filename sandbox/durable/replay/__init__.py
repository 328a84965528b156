"""The actions that the SDK returns, performed against a history: pure, without storage and without time of its own."""
