"""What an order is and what happens to it. Knows Durable Functions only where an order is processed."""
