"""The hub in Azure Storage: tables, queues, containers, and who owns which control queue."""
